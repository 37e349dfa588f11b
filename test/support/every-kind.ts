import { SurveyDefinition } from '../../src/model/survey.ts';

const both = (en: string, ar: string) => ({ en, ar });
const steps5 = {
  min: 1,
  max: 5,
  labels: { '1': both('Not at all', 'لا على الإطلاق'), '5': both('Entirely', 'تماماً') },
};

/** A survey with every kind of question and every piece of logic, in English and Arabic. */
export const everyKind: SurveyDefinition = SurveyDefinition.parse({
  format: 1,
  code: 'every-kind',
  title: both('Everything we can ask', 'كل ما يمكننا أن نسأل عنه'),
  introduction: both('One of each.', 'سؤال من كل نوع.'),
  languages: ['en', 'ar'],
  minutes: 6,
  consent: {
    version: '1',
    text: both('We keep what you say for this study.', 'نحتفظ بما تقوله لهذه الدراسة.'),
    purposes: [
      { code: 'analysis', text: both('My answers may be used', 'يجوز استخدام إجاباتي') },
      { code: 'quotes', text: both('I may be quoted', 'يجوز الاقتباس من كلامي') },
    ],
    contact: 'Ada Example, ada@example.org',
  },
  pages: [
    {
      code: 'start',
      title: both('About you', 'عنك'),
      introduction: both('A few easy ones first.', 'بعض الأسئلة السهلة أولاً.'),
      questions: [
        { kind: 'hidden', code: 'campaign', text: both('Campaign', 'حملة'), parameter: 'c' },
        {
          kind: 'single',
          code: 'plan',
          text: both('Which plan do you use?', 'ما الخطة التي تستخدمها؟'),
          required: true,
          refusable: true,
          order: 'random',
          options: [
            { code: 'free', text: both('Free', 'مجانية') },
            { code: 'pro', text: both('Pro', 'احترافية') },
            { code: 'team', text: both('Team', 'فريق') },
            { code: 'other', text: both('Another', 'أخرى'), comment: 'required', pinned: true },
          ],
        },
        {
          kind: 'yes-no',
          code: 'pays',
          text: both('Do you pay for it yourself?', 'هل تدفع ثمنها بنفسك؟'),
          visibleIf: "{plan} != 'free'",
        },
      ],
    },
    {
      code: 'choices',
      questions: [
        {
          kind: 'multiple',
          code: 'tools',
          text: both('Which tools do you use besides {{plan|it}}?', 'ما الأدوات التي تستخدمها إلى جانب {{plan|ذلك}}؟'),
          most: 3,
          options: [
            { code: 'paper', text: both('Paper', 'ورق') },
            { code: 'sheet', text: both('Spreadsheets', 'جداول') },
            { code: 'board', text: both('Whiteboards', 'سبورات') },
            { code: 'pen', text: both('A pen', 'قلم'), visibleIf: "{plan} = 'team'" },
            { code: 'none', text: both('None of these', 'لا شيء مما سبق'), exclusive: true, pinned: true },
          ],
        },
        {
          kind: 'single',
          code: 'country',
          text: both('Where do you live?', 'أين تعيش؟'),
          display: 'dropdown',
          options: Array.from({ length: 30 }, (_, index) => ({
            code: `c${index + 1}`,
            text: both(`Country ${index + 1}`, `بلد ${index + 1}`),
          })),
        },
        {
          kind: 'ranking',
          code: 'order',
          text: both('Put what you chose in order', 'رتّب ما اخترته'),
          optionsFrom: { question: 'tools', which: 'chosen' },
          options: [],
          visibleIf: 'count({tools}) > 1',
          required: true,
        },
      ],
    },
    {
      code: 'scales',
      order: 'random',
      questions: [
        {
          kind: 'rating',
          code: 'nps',
          text: both('How likely are you to recommend us?', 'ما مدى احتمال أن توصي بنا؟'),
          steps: { min: 0, max: 10 },
          measure: 'nps',
        },
        {
          kind: 'rating',
          code: 'stars',
          text: both('How was it?', 'كيف كان؟'),
          steps: { min: 1, max: 5 },
          display: 'stars',
        },
        {
          kind: 'rating',
          code: 'mood',
          text: both('How do you feel?', 'كيف تشعر؟'),
          steps: {
            min: 1,
            max: 5,
            labels: {
              '1': both('Very unhappy', 'حزين جداً'),
              '2': both('Unhappy', 'حزين'),
              '3': both('So-so', 'بين بين'),
              '4': both('Happy', 'سعيد'),
              '5': both('Very happy', 'سعيد جداً'),
            },
          },
          display: 'smileys',
        },
      ],
    },
    {
      code: 'grids',
      questions: [
        {
          kind: 'battery',
          code: 'values',
          text: both('How much is this like you?', 'إلى أي مدى يشبهك هذا؟'),
          required: true,
          refusable: true,
          rowOrder: 'random',
          steps: steps5,
          rows: [
            { code: 'calm', text: both('Calm matters to me', 'الهدوء يهمني') },
            { code: 'new', text: both('I look for what is new', 'أبحث عن الجديد') },
          ],
        },
        {
          kind: 'matrix',
          code: 'when',
          text: both('When do you use what?', 'متى تستخدم ماذا؟'),
          multiple: true,
          columns: [
            { code: 'morning', text: both('Morning', 'صباحاً') },
            { code: 'evening', text: both('Evening', 'مساءً') },
          ],
          rows: [
            { code: 'phone', text: both('Phone', 'هاتف') },
            { code: 'desk', text: both('Desk', 'مكتب') },
          ],
        },
        {
          kind: 'differential',
          code: 'feel',
          text: both('It feels…', 'أشعر أنه…'),
          steps: { min: 1, max: 7 },
          rows: [{ code: 'warm', low: both('cold', 'بارد'), high: both('warm', 'دافئ') }],
        },
      ],
    },
    {
      code: 'amounts',
      questions: [
        {
          kind: 'slider',
          code: 'share',
          text: both('What share of your day?', 'ما نسبة يومك؟'),
          min: 0,
          max: 100,
          step: 5,
          unit: both('%', '٪'),
        },
        {
          kind: 'sum',
          code: 'split',
          text: both('Share out 100 points', 'وزّع 100 نقطة'),
          total: 100,
          options: [
            { code: 'work', text: both('Work', 'عمل') },
            { code: 'rest', text: both('Rest', 'راحة') },
          ],
        },
        {
          kind: 'best-worst',
          code: 'matters',
          text: both('What matters most and least?', 'ما الأهم وما الأقل أهمية؟'),
          perTask: 3,
          tasks: 3,
          versions: 2,
          options: ['price', 'speed', 'care', 'looks', 'trust'].map((code) => ({ code, text: both(code, `‏${code}`) })),
        },
        {
          kind: 'number',
          code: 'age',
          text: both('How old are you?', 'كم عمرك؟'),
          min: 16,
          max: 120,
          whole: true,
          refusable: true,
        },
        {
          kind: 'calculated',
          code: 'half',
          text: both('Half the age', 'نصف العمر'),
          formula: 'round({age} / 2, 1)',
        },
      ],
    },
    {
      code: 'words',
      visibleIf: "{plan} != 'free' or answered({age})",
      questions: [
        { kind: 'text', code: 'why', text: both('Why do you stay?', 'لماذا تبقى؟'), long: true, maxLength: 500 },
        { kind: 'text', code: 'mail', text: both('Your e-mail', 'بريدك الإلكتروني'), format: 'email' },
        {
          kind: 'text',
          code: 'badge',
          text: both('Your badge', 'شارتك'),
          pattern: '[A-Z]{2}[0-9]{3}',
          patternMessage: both('Two letters and three digits', 'حرفان وثلاثة أرقام'),
        },
        { kind: 'date', code: 'since', text: both('Since when?', 'منذ متى؟'), max: '2030-12-31' },
        {
          kind: 'date',
          code: 'until',
          text: both('Until when?', 'حتى متى؟'),
          checks: [
            { holds: '{until} >= {since}', message: both('The end comes before the beginning', 'النهاية قبل البداية') },
          ],
        },
        { kind: 'time', code: 'at', text: both('At what time?', 'في أي وقت؟') },
      ],
    },
    {
      code: 'last',
      next: [{ if: "{agree} != 'yes'", to: 'thanks' }],
      questions: [
        { kind: 'statement', code: 'note', text: both('Nearly done.', 'أوشكنا على الانتهاء.') },
        {
          kind: 'contact',
          code: 'reach',
          text: both('How can we reach you?', 'كيف نتواصل معك؟'),
          fields: ['fullName', 'email', 'phone'],
        },
        {
          kind: 'file',
          code: 'proof',
          text: both('A photo, if you like', 'صورة إن شئت'),
          accepts: ['image', 'pdf'],
          megabytesMax: 2,
        },
        { kind: 'consent', code: 'agree', text: both('You may write to me', 'يمكنكم مراسلتي'), required: false },
      ],
    },
  ],
  ends: [
    { code: 'young', if: '{age} < 18', outcome: 'screened-out' },
    {
      code: 'thanks',
      title: both('Thank you, {{reach.fullName|friend}}', 'شكراً لك {{reach.fullName|صديقي}}'),
      link: 'https://example.org/back?plan={{plan}}',
    },
  ],
  quotas: [{ code: 'teams', name: 'Teams', if: "{plan} = 'team'", limit: 2 }],
  instruments: [
    {
      code: 'like-me',
      version: '1',
      name: both('Like me', 'يشبهني'),
      centring: 'none',
      scales: [{ code: 'calm', name: both('Calm', 'الهدوء'), items: ['values.calm', '-values.new'] }],
    },
  ],
  result: { instrument: 'like-me' },
});
