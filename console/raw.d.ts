// console/raw.d.ts: a document of the repository as a text, built in by Vite.
declare module '*.md?raw' {
  const text: string;
  export default text;
}
