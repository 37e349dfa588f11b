import { expect, test } from 'vitest';
import { readInstrumentCsv, readNormsCsv } from '../../src/exchange/instrument-csv.ts';

test.each(['a,"b', '{{7*7}} "x', `"><script>alert(1)</script>`])('what is no table (%s) is said to be none', (text) => {
  const bytes = Buffer.from(text);
  expect(readInstrumentCsv(bytes)).toEqual({ error: expect.stringMatching(/^This file is no table: .*line 1$/) });
  expect(readNormsCsv(bytes, ['calm'])).toEqual({ errors: [expect.stringContaining('This file is no table')] });
});
