import { Problem } from '../../model/problem.ts';
import type { EmbeddingsNote } from '../../workers/tasks/themes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, head, showForm, studyAddress } from './frame.ts';
import { many, number } from './themes-place.ts';

const addressOf = (study: EnteredStudy): string => `${studyAddress(study)}/themes/embeddings`;

/** What the page that finds themes says of the embeddings server; null when it has nothing to do with this study. */
export async function embeddingsNotice({ verbatim: { embeddings } }: House, study: EnteredStudy) {
  const { server } = embeddings;
  if (!server) return null;
  const isOn = await embeddings.isOn(study);
  const isOwner = study.role === 'owner';
  if (!isOn && !isOwner) return null;
  return {
    kind: 'info',
    title: isOn
      ? `The embeddings server at ${server.host} is asked as well`
      : `The embeddings server at ${server.host} is not asked`,
    text: isOn
      ? `Words of people who agreed to be quoted leave this machine, masked, for the model ${server.model}.`
      : 'All is counted on this machine. As an owner you can let the server read answers too.',
    links: isOwner ? [{ label: isOn ? 'Change this' : 'Look at what would leave', href: addressOf(study) }] : [],
  };
}

/** What a run had of the server, beside how it was found. */
export function embeddingsFacts(note: EmbeddingsNote | undefined) {
  if (!note) return [];
  return [
    {
      label: 'Embeddings server',
      value: note.fault === null ? 'answered' : 'left aside',
      note: `${note.model} at ${note.host}`,
    },
    {
      label: 'Answers sent to it',
      value: number(note.sent),
      note: `${number(note.kept)} kept from before, of ${number(note.mayLeave)} that may leave`,
    },
  ];
}

/** Where owners let the embeddings server read the answers of a study. */
export function embeddingsDoor(door: Doorway, house: House): void {
  const { embeddings } = house.verbatim;
  const serverOr404 = () => {
    if (!embeddings.server)
      throw new Problem('not-found', 'There is no embeddings server', {
        detail: 'Whoever runs this Verbatim names one in its configuration. Themes are found without',
      });
    return embeddings.server;
  };

  door.get('/studio/:study/themes/embeddings', 'owner', async (visit, _req, res) => {
    const { study } = visit;
    const { host, model } = serverOr404();
    const { answers, mayLeave } = await embeddings.count(study);
    await showForm(
      house,
      visit,
      res,
      'themes',
      {
        head: head(
          [
            { label: study.name, href: studyAddress(study) },
            { label: 'Themes', href: `${studyAddress(study)}/themes` },
            { label: 'Find themes', href: `${studyAddress(study)}/themes/find` },
          ],
          'Embeddings server',
          'It turns answers into directions of meaning, which have a say beside the words that answers share. Themes are found without it too.',
        ),
        action: addressOf(study),
        fields: (make) => [
          make.boxes(
            'isOn',
            'What leaves this machine',
            [
              {
                value: 'yes',
                label: `Also use the embeddings server at ${host}: words of ${many(mayLeave, 'answer')} leave this machine, masked`,
              },
            ],
            {
              hint: `Model ${model}. ${number(mayLeave)} of ${many(answers, 'answer')} in words are from people who agreed to be quoted; the others stay here. Turned off, what the server made of them is removed here; what the server keeps is for its operator to say`,
            },
          ),
        ],
        buttons: buttons('Save', { label: 'Cancel', href: `${studyAddress(study)}/themes/find` }),
      },
      { isOn: (await embeddings.isOn(study)) ? ['yes'] : [] },
    );
  });
  door.post('/studio/:study/themes/embeddings', 'owner', async (visit, req, res) => {
    serverOr404();
    await embeddings.turn(visit.study, field(formOf(req), 'isOn') === 'yes', { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/themes/find`);
  });
}
