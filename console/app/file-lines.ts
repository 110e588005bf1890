// console/app/file-lines.ts: a file from one of its lines on, for an import that goes on where it stopped.

const NEWLINE = 10;

/** What of a file begins with a line, counted from 1; empty where it has fewer. It is read as a stream, so its size does not matter. */
export async function fromLine(file: Blob, line: number): Promise<Blob> {
  if (line <= 1) return file;
  const reader = file.stream().getReader();
  let [left, read] = [line - 1, 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return file.slice(file.size);
    for (let end = value.indexOf(NEWLINE); end !== -1; end = value.indexOf(NEWLINE, end + 1)) {
      left -= 1;
      if (left > 0) continue;
      await reader.cancel();
      return file.slice(read + end + 1);
    }
    read += value.length;
  }
}
