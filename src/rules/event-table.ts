import { createFactColumn, type FactColumn } from './fact-column.ts';
import { type Happening, propertyOf } from './subject.ts';

/** Everything of one name that people did, in flat arrays. */
export type EventTable = {
  /** @param body the properties as JSON; empty for none */
  add(person: number, at: number, body: string): void;
  /** By person, then by time. What is handed out holds until something is added. */
  sorted(people: number): SortedEvents;
  bytes(): number;
};
export type SortedEvents = {
  count: number;
  /** Whose each is. */
  persons: Uint32Array;
  /** Where each person's events begin, and last where all of them end. */
  starts: Uint32Array;
  /** How many the person has who has most. */
  most: number;
  /** Milliseconds since 1970. */
  at: Float64Array;
  /** A property of each, read when it is first asked for. */
  property(name: string): FactColumn;
  happeningsOf(person: number): Happening[];
};

const NONE = Object.freeze({});

export function createEventTable(): EventTable {
  let count = 0;
  let persons = new Uint32Array(0);
  let at = new Float64Array(0);
  let bodyStarts = new Float64Array(0);
  let bodyLengths = new Uint32Array(0);
  let bodies = Buffer.alloc(0);
  let written = 0;
  let sorted: SortedEvents | null = null;
  let sortedFor = -1;
  let isInOrder = true;

  const propertiesAt = (event: number): unknown => {
    const length = bodyLengths[event]!;
    if (length === 0) return NONE;
    const start = bodyStarts[event]!;
    return JSON.parse(bodies.toString('utf8', start, start + length));
  };

  const write = (body: string): number => {
    const most = body.length * 3;
    if (written + most > bodies.length) {
      const larger = Buffer.allocUnsafe(Math.max(65_536, Math.ceil((written + most) * 1.5)));
      bodies.copy(larger, 0, 0, written);
      bodies = larger;
    }
    return bodies.write(body, written, 'utf8');
  };

  const sort = () => {
    const order = orderOf(persons, at, count);
    persons = Uint32Array.from(order, (event) => persons[event]!);
    at = Float64Array.from(order, (event) => at[event]!);
    bodyStarts = Float64Array.from(order, (event) => bodyStarts[event]!);
    bodyLengths = Uint32Array.from(order, (event) => bodyLengths[event]!);
    isInOrder = true;
  };

  return {
    add: (person, instant, body) => {
      sorted = null;
      if (count >= persons.length) {
        const room = Math.max(256, Math.ceil(count * 1.5));
        persons = copied(new Uint32Array(room), persons);
        at = copied(new Float64Array(room), at);
        bodyStarts = copied(new Float64Array(room), bodyStarts);
        bodyLengths = copied(new Uint32Array(room), bodyLengths);
      }
      if (count > 0) {
        const last = persons[count - 1]!;
        if (person < last || (person === last && instant < at[count - 1]!)) isInOrder = false;
      }
      persons[count] = person;
      at[count] = instant;
      if (body !== '' && body !== '{}') {
        bodyStarts[count] = written;
        bodyLengths[count] = write(body);
        written += bodyLengths[count]!;
      } else bodyLengths[count] = 0;
      count += 1;
    },
    sorted: (people) => {
      if (sorted && sortedFor === people) return sorted;
      if (!isInOrder) sort();
      const starts = startsOf(persons, count, people);
      let most = 0;
      for (let person = 0; person < people; person += 1) most = Math.max(most, starts[person + 1]! - starts[person]!);
      const columns = new Map<string, FactColumn>();
      sortedFor = people;
      sorted = {
        count,
        persons,
        starts,
        most,
        at,
        property: (name) => {
          let column = columns.get(name);
          if (column) return column;
          column = createFactColumn();
          for (let event = 0; event < count; event += 1)
            if (bodyLengths[event] !== 0) column.set(event, propertyOf(propertiesAt(event), name));
          columns.set(name, column);
          return column;
        },
        happeningsOf: (person) => {
          const found: Happening[] = [];
          for (let event = starts[person]!; event < starts[person + 1]!; event += 1)
            found.push({
              at: at[event]!,
              get properties() {
                return propertiesAt(event) as Happening['properties'];
              },
            });
          return found;
        },
      };
      return sorted;
    },
    bytes: () => persons.byteLength + at.byteLength + bodyStarts.byteLength + bodyLengths.byteLength + bodies.length,
  };
}

/** Where each person's part begins in events that lie by person. */
function startsOf(persons: Uint32Array, count: number, people: number): Uint32Array {
  const starts = new Uint32Array(people + 1);
  for (let event = 0; event < count; event += 1) starts[persons[event]! + 1]! += 1;
  for (let person = 0; person < people; person += 1) starts[person + 1]! += starts[person]!;
  return starts;
}

/** The order by person, then by time, then as they came. */
function orderOf(persons: Uint32Array, at: Float64Array, count: number): Uint32Array {
  let people = 0;
  for (let event = 0; event < count; event += 1) people = Math.max(people, persons[event]! + 1);
  const next = startsOf(persons, count, people);
  const order = new Uint32Array(count);
  for (let event = 0; event < count; event += 1) {
    const person = persons[event]!;
    order[next[person]!] = event;
    next[person]! += 1;
  }
  // Each person's place now ends where the next one's begins.
  for (let person = 0, start = 0; person < people; person += 1) {
    const end = next[person]!;
    for (let place = start + 1; place < end; place += 1) {
      if (at[order[place - 1]!]! <= at[order[place]!]!) continue;
      order.subarray(start, end).sort((a, b) => at[a]! - at[b]! || a - b);
      break;
    }
    start = end;
  }
  return order;
}

function copied<T extends Uint32Array | Float64Array>(larger: T, array: T): T {
  larger.set(array);
  return larger;
}
