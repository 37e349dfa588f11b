import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { guidFor, guidOf } from '../../../src/exchange/refi-qda/guid.ts';
import { layOut, shownSpan } from '../../../src/exchange/refi-qda/layout.ts';
import { emptyProject, type Project } from '../../../src/exchange/refi-qda/project.ts';
import { readCodebook, readProject } from '../../../src/exchange/refi-qda/read-project.ts';
import { packProject, writeCodebookXml, writeProjectXml } from '../../../src/exchange/refi-qda/write-project.ts';
import { DEFAULT_CHOICE } from '../../../src/services/project-export.ts';
import { openHouse } from '../../support/house.ts';
import { plantTalkedStudy } from '../../support/talked-study.ts';
import { type Figures, FileMissing, type ReferenceCase } from '../case.ts';

/** What we write is held against the schemas of the standard by a program that knows nothing of us. */
export const referenceCase: ReferenceCase = {
  id: 'refi-qda',
  run: async (folder, figures) => {
    const schemas = {
      project: path.join(folder, 'refi-qda', 'Project.xsd'),
      codebook: path.join(folder, 'refi-qda', 'Codebook.xsd'),
    };
    for (const file of Object.values(schemas)) if (!existsSync(file)) throw new FileMissing(`${file} is missing`);
    if (spawnSync('xmllint', ['--version']).error) throw new FileMissing('xmllint is not installed');
    const work = mkdtempSync(path.join(tmpdir(), 'verbatim-refi-'));
    try {
      const validate = (name: string, schema: string, xml: string) => {
        const file = path.join(work, 'document.xml');
        writeFileSync(file, xml);
        const { status, stderr } = spawnSync('xmllint', ['--nonet', '--noout', '--schema', schema, file], {
          encoding: 'utf8',
        });
        figures.same(name, status === 0 ? 'valid' : stderr.trim().slice(0, 500), 'valid');
      };
      for (const [name, project] of Object.entries(projects())) {
        validate(`project: ${name}`, schemas.project, writeProjectXml(project));
        if (project.codes.length > 0) validate(`codebook: ${name}`, schemas.codebook, writeCodebookXml(project));
        roundTrip(name, project, figures);
      }
      await realStudy(validate, schemas, figures);
    } finally {
      rmSync(work, { recursive: true });
    }
  },
};

/** A study that came to be in a Verbatim of its own, as it goes out to each audience, with its recordings and without. */
async function realStudy(
  validate: (name: string, schema: string, xml: string) => void,
  schemas: { project: string; codebook: string },
  figures: Figures,
): Promise<void> {
  await using house = await openHouse();
  const study = await plantTalkedStudy(house.verbatim);
  const { projectExports } = house.verbatim;
  const inside = { audience: 'internal', unmasked: true, reason: 'Reference' } as const;
  for (const [name, choice] of Object.entries({
    'for clients': DEFAULT_CHOICE,
    'for anybody': { ...DEFAULT_CHOICE, audience: 'public' } as const,
    'inside, masked': { ...DEFAULT_CHOICE, ...inside, unmasked: false },
    'inside, with answers': { ...DEFAULT_CHOICE, ...inside, answers: true },
    'inside, with recordings': { ...DEFAULT_CHOICE, ...inside, recordings: true },
  })) {
    const { project } = await projectExports.prepare(study, choice, null);
    validate(`study: ${name}`, schemas.project, writeProjectXml(project));
    validate(`study: codebook ${name}`, schemas.codebook, writeCodebookXml(project));
    const { bytes } = await projectExports.file(study, choice, null);
    const packed = bytes instanceof Uint8Array ? bytes : Buffer.concat(await Array.fromAsync(bytes));
    figures.same(`study ${name}: equal data`, isDeepStrictEqual(readProject(packed).project, project), true);
    figures.same(`study ${name}: passages`, project.sources.flatMap(({ selections }) => selections).length, 4);
    figures.same(`study ${name}: graphs`, project.graphs.length, 1);
    figures.same(
      `study ${name}: recordings`,
      project.sources.filter(({ recording }) => recording !== null).length,
      choice.recordings ? 1 : 0,
    );
  }
}

function roundTrip(name: string, project: Project, figures: Figures): void {
  const first = packProject(project);
  figures.same(`${name}: the same bytes`, Buffer.from(first).equals(Buffer.from(packProject(project))), true);
  const back = readProject(first).project;
  figures.same(`${name}: equal data`, back, project);
  figures.same(
    `${name}: equal codes`,
    project.codes.length === 0 || readCodebook(Buffer.from(writeCodebookXml(project))).project.codes.length,
    project.codes.length === 0 || project.codes.length,
  );
}

function projects(): Record<string, Project> {
  const at = '2026-01-05T09:00:00.000Z';
  const id = (name: string) => guidFor('reference', name);
  const by = id('coder');
  const words = 'It’s too dear 💸 for me.\nAnd <so> & "on"\tit went.';
  const layout = layOut([
    { kind: 'moment', speaker: 'P07', text: 'The rent 🏠', startMs: null, endMs: null, masks: [] },
    { kind: 'turn', speaker: 'P07', text: words, startMs: 1_000, endMs: 9_000, masks: [] },
  ]);
  const place = layout.places[1];
  const span = place && shownSpan(place, { start: 5, end: 13 });
  const whole: Project = {
    ...emptyProject('Everything & <more>', 'Verbatim'),
    at,
    by,
    description: 'All that can be written',
    users: [{ guid: by, name: 'Ada "the" coder' }],
    codes: [
      {
        guid: id('barriers'),
        name: 'Barriers',
        isCodable: false,
        color: null,
        description: 'Reasons not to buy\n\nInclude: Prices',
        notes: [id('memo')],
        codes: [
          {
            guid: id('price'),
            name: 'Price anxiety',
            isCodable: true,
            color: '#CC0066',
            description: '',
            notes: [],
            codes: [],
          },
        ],
      },
    ],
    variables: [{ guid: id('segment'), name: 'segment', type: 'Text', description: 'Segment' }],
    cases: [
      {
        guid: id('case'),
        name: 'P07',
        description: 'A person',
        codes: [],
        values: [{ variable: id('segment'), value: 'Cautious planner' }],
        sources: [guidOf('K7gNU3sdo-OL0wNhqoVWhg')],
        selections: [],
      },
    ],
    sources: [
      {
        guid: guidOf('K7gNU3sdo-OL0wNhqoVWhg'),
        name: 'P07',
        description: layout.table,
        text: layout.text,
        selections: [
          {
            guid: id('passage'),
            name: 'too dear',
            start: span?.start ?? 0,
            end: span?.end ?? 0,
            description: 'said while laughing',
            codings: [{ guid: id('coding'), code: id('price'), by, at, notes: [id('memo')] }],
            notes: [],
            by,
            at,
          },
        ],
        codings: [{ guid: id('whole'), code: id('price'), by, at, notes: [] }],
        notes: [id('memo')],
        values: [],
        syncPoints: [],
        recording: null,
        by,
        at,
      },
    ],
    notes: [{ guid: id('memo'), name: 'Memo', text: 'Is it <so> & why?\nLook again.', places: [], by, at }],
    links: [
      {
        guid: id('link'),
        name: '',
        direction: 'OneWay',
        origin: id('passage'),
        target: id('price'),
        notes: [id('memo')],
      },
    ],
    sets: [
      {
        guid: id('set'),
        name: 'Wave 1',
        description: 'The first',
        codes: [id('price')],
        sources: [guidOf('K7gNU3sdo-OL0wNhqoVWhg')],
        notes: [id('memo')],
      },
    ],
    graphs: [
      {
        guid: id('graph'),
        name: 'Ladder',
        vertices: [
          { guid: id('v1'), name: 'fee', represents: id('price'), x: 10, y: 20, shape: 'Oval' },
          { guid: id('v2'), name: 'save', represents: null, x: 30, y: 40, shape: null },
        ],
        edges: [{ guid: id('e'), name: '3', from: id('v1'), to: id('v2'), direction: 'OneWay', line: 'solid' }],
      },
    ],
    ownNotes: [id('memo')],
  };
  return { empty: emptyProject('Nothing', 'Verbatim'), whole };
}
