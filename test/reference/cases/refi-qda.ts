import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guidFor, guidOf } from '../../../src/exchange/refi-qda/guid.ts';
import { layOut, shownSpan } from '../../../src/exchange/refi-qda/layout.ts';
import { emptyProject, type Project } from '../../../src/exchange/refi-qda/project.ts';
import { readCodebook, readProject } from '../../../src/exchange/refi-qda/read-project.ts';
import { packProject, writeCodebookXml, writeProjectXml } from '../../../src/exchange/refi-qda/write-project.ts';
import { type Figures, FileMissing, type ReferenceCase } from '../case.ts';

/** What we write is held against the schemas of the standard by a program that knows nothing of us. */
export const referenceCase: ReferenceCase = {
  id: 'refi-qda',
  run: (folder, figures) => {
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
    } finally {
      rmSync(work, { recursive: true });
    }
  },
};

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
