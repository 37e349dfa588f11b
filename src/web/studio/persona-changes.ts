import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { type ClaimChange, portraitChanges, type SheetVersion } from '../../reports/portrait-changes.ts';
import { wordsOf } from '../../services/personas.ts';
import type { PersonaVersion } from '../../store/personas.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldMaker, head, showPage } from './frame.ts';
import {
  claimAddress,
  PERSONA,
  personaAddress,
  personaCrumbs,
  personaOf,
  portraitFor,
  versionIn,
} from './persona-place.ts';

/** Whether figures moved further than chance: other people of the same kind would have given other figures. */
const CHANCE: Readonly<Record<string, string>> = {
  true: 'further than chance would move it',
  false: 'no further than chance could move it',
  null: 'whether chance could move it so far is not known',
};

/** What changed from one version of a persona to another, in sentences. */
export function personaChangesDoor(door: Doorway, house: House): void {
  door.get(`${PERSONA}/changes`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const read = await personaOf(house, study, req);
    const { persona, versions } = read;
    const at = personaAddress(study, persona);
    const name = head(personaCrumbs(study, read), 'What changed', null);
    if (versions.length < 2)
      return showPage(house, visit, res, 'personas', 'studio/persona-changes', {
        head: name,
        isAlone: true,
        action: at,
        fields: [],
        span: '',
        groups: [],
        otherwise: null,
      });
    const to = versionIn(versions, queryOf(req, 'to'));
    const asked = queryOf(req, 'from');
    const from = asked !== '' ? versionIn(versions, asked) : to && versions[versions.indexOf(to) + 1];
    if (!from || !to)
      throw new Problem('not-found', 'There is no such version of this persona', {
        detail: `Its versions are 1 to ${versions[0]?.number}`,
      });
    const [earlier, later] = Number(from.number) <= Number(to.number) ? [from, to] : [to, from];
    const sheet = async (version: PersonaVersion): Promise<SheetVersion> => ({
      name: version.name,
      lede: version.lede,
      portrait: await portraitFor(house, study, version),
      words: wordsOf(version),
    });
    const changes = portraitChanges(await sheet(earlier), await sheet(later));
    const isNewest = later.number === versions[0]?.number;
    const lines = (list: readonly ClaimChange[], isMoved = false) =>
      list.map((one) => ({
        heading: one.heading,
        what: one.what,
        before: one.before,
        after: one.after,
        note: isMoved ? CHANCE[String(one.isBeyondChance)] : '',
        href: isNewest && one.after !== '' ? claimAddress(study, persona, one.claim) : null,
      }));
    const groups = [
      { id: 'added', title: 'Now said as well', lines: lines(changes.added) },
      { id: 'gone', title: 'No longer said', lines: lines(changes.gone) },
      { id: 'moved', title: 'Figures that moved', lines: lines(changes.moved, true) },
      { id: 'status', title: 'On other footing', lines: lines(changes.status) },
      { id: 'reworded', title: 'Said in other words', lines: lines(changes.reworded) },
    ].filter(({ lines: own }) => own.length > 0);
    const make = fieldMaker({ from: String(earlier.number), to: String(later.number) }, []);
    const options = versions.map(({ number, createdAt, note }) => ({
      value: String(number),
      label: `Version ${number}, ${showDate(createdAt)}${note ? `: ${note}` : ''}`,
    }));
    await showPage(house, visit, res, 'personas', 'studio/persona-changes', {
      head: name,
      isAlone: false,
      action: `${at}/changes`,
      fields: [make.select('from', 'From', options), make.select('to', 'To', options)],
      span: `From version ${earlier.number} (${showDate(earlier.createdAt)}) to version ${later.number} (${showDate(later.createdAt)})`,
      groups,
      otherwise:
        changes.otherwise.length === 0
          ? null
          : {
              caption: 'Otherwise',
              isStacked: true,
              columns: ['', 'Before', 'After'].map((label) => ({ label, isNumber: false })),
              rows: changes.otherwise.map(({ label, before, after }) => ({
                cells: [label, before, after].map((text) => ({ text, href: null, isNumber: false })),
              })),
            },
    });
  });
}
