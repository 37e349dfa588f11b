import type { Random } from '../../src/stats/random.ts';
import type { ThemeDocument } from '../../src/text/themes-result.ts';

const frames: Record<string, { sentences: string[]; topics: Record<string, string> }> = {
  en: {
    sentences: [
      'The _ and the _ are too _ for us',
      'I would like the _ to be with a _ and not with this _',
      'We need the _ because there is no _',
    ],
    topics: {
      food: 'canteen lunch soup salad vegan meal kitchen menu dessert coffee',
      cars: 'parking garage car lot street barrier ramp traffic permit charger',
    },
  },
  de: {
    sentences: [
      'Die _ und das _ sind für uns viel zu _',
      'Ich hätte gern, dass der _ mit _ ist und nicht mit diesem _',
      'Wir brauchen das _, weil es hier kein _ gibt',
    ],
    topics: {
      food: 'Kantine Mittagessen Suppe Salat Speise Küche Nachtisch Kaffee Gericht Gemüse',
      cars: 'Parkplatz Garage Auto Straße Schranke Rampe Verkehr Einfahrt Ladesäule Tiefgarage',
    },
  },
  fr: {
    sentences: [
      'Le _ et la _ sont trop _ pour nous',
      'Je voudrais que le _ soit avec une _ et pas avec ce _',
      'Nous avons besoin de la _ parce que le _ est loin',
    ],
    topics: {
      food: 'cantine déjeuner soupe salade repas cuisine dessert café plat légume',
      cars: 'parking garage voiture rue barrière rampe circulation permis borne chauffeur',
    },
  },
  zh: {
    sentences: ['_和_', '我们的_，还有_', '这个_跟那个_'],
    topics: {
      food: '食堂 午餐 汤 沙拉 素食 菜单 甜点 咖啡 厨房',
      cars: '停车场 车库 汽车 街道 交通 许可证 充电桩 司机 自行车',
    },
  },
};

/** Answers in one language about two topics, half of each; ids begin with the language, so that they sort apart. */
export function plantedIn(
  language: string,
  n: number,
  random: Random,
): { documents: ThemeDocument[]; topics: string[] } {
  const { sentences, topics: words } = frames[language]!;
  const pick = (items: readonly string[]) => items[Math.floor(random() * items.length)]!;
  const names = Object.keys(words);
  const topics = Array.from({ length: n }, (_, i) => names[i % names.length]!);
  const documents = topics.map((topic, i) => ({
    id: `${language}${String(i).padStart(4, '0')}`,
    text: pick(sentences).replaceAll('_', () => pick(words[topic]!.split(' '))),
  }));
  return { documents, topics };
}
