/** Data that cannot answer the question, said in words for a person. */
export class Unanswerable extends Error {}
