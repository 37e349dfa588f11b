import { showNumber } from '../../charts/numerals.ts';
import type { Found } from '../../services/study-search.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { changeLine, STATUS_NAMES } from './insight-view.ts';
import { quoteView } from './quote-view.ts';

/** “Has anyone asked this?” over every study of a reader, and what changed in the insights they follow. */
export function studySearchDoor(door: Doorway, house: House): void {
  const { insightNews, studySearch } = house.verbatim;

  door.get('/studio/search', 'signed-in', async (visit, req, res) => {
    const asked = queryOf(req, 'q').trim();
    const found = await studySearch.look(visit.user.id, asked);
    await showPage(house, visit, res, 'none', 'studio/study-search', {
      head: head(
        [{ label: 'Studies', href: '/studio' }],
        'Has anyone asked this?',
        'Looks through insights, questions, personas and quotes of every study that you may enter.',
      ),
      asked,
      studies: found.map(foundView),
      isNothing: asked !== '' && found.length === 0,
    });
  });

  door.get('/studio/news', 'signed-in', async (visit, _req, res) => {
    const news = await insightNews.newsOf(visit.user.id);
    const fresh = news.filter(({ isNew }) => isNew);
    await showPage(house, visit, res, 'none', 'studio/insight-news', {
      head: head(
        [{ label: 'Studies', href: '/studio' }],
        'News',
        'What others changed in the insights that you follow.',
      ),
      upTo: fresh.length > 0 ? String(Math.max(...fresh.map(({ id }) => Number(id)))) : '',
      groups: [
        { title: 'New', changes: fresh },
        { title: 'Seen before', changes: news.filter(({ isNew }) => !isNew) },
      ].flatMap(({ title, changes }) =>
        changes.length === 0
          ? []
          : [
              {
                title,
                changes: changes.map((change) => ({
                  ...changeLine(change),
                  statement: change.statement,
                  href: `${studyAddress(change.study)}/insights/${change.publicId}`,
                  study: change.study.name,
                })),
              },
            ],
      ),
      empty: {
        title: 'No news',
        text: 'Open an insight and follow it: what others change in it then stands here, and comes by mail where mail is set up.',
        action: { label: 'Studies', href: '/studio' },
      },
    });
  });
  door.post('/studio/news', 'signed-in', async (visit, req, res) => {
    const upTo = Number(field(formOf(req), 'upTo'));
    if (Number.isSafeInteger(upTo) && upTo > 0) await insightNews.saw(visit.user.id, upTo);
    res.redirect(303, '/studio/news');
  });
}

function foundView({ study, role, insights, questions, personas, quotes, more }: Found) {
  const at = studyAddress(study);
  return {
    name: study.name,
    href: at,
    insights: insights.map(({ publicId, statement, status, decision }) => ({
      text: statement,
      href: `${at}/insights/${publicId}`,
      status: STATUS_NAMES[status],
      decision,
    })),
    questions: questions.map(({ survey, surveyTitle, code, text, answers }) => ({
      text,
      href: `${at}/surveys/${survey}/results#q-${code}`,
      survey: surveyTitle,
      counted: answers === null ? '' : `${showNumber(answers)} ${answers === 1 ? 'response' : 'responses'}`,
    })),
    personas: personas.map(({ publicId, name, says }) => ({
      name,
      href: `${at}/personas/${publicId}`,
      says: says.slice(0, 3),
    })),
    quotes: quotes.map((quote) => quoteView(quote, { study: role === 'viewer' ? null : study, segmentClass: null })),
    more,
  };
}
