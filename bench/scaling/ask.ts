const IDENTITY = { 'X-User-Id': 'u_1000000' };

interface Reply {
  readonly status: number;
  readonly text: string;
  /** Bytes of the body as it was sent. */
  readonly bytes: number;
}

/** Gets what a BFF has at this URL, in an encoding that it may choose from these. */
export async function get(url: string, encodings: string): Promise<Reply> {
  return replyOf(await fetch(url, { headers: { ...IDENTITY, 'Accept-Encoding': encodings } }));
}

/** Posts an operation. */
export async function post(url: string, operation: object): Promise<Reply> {
  const headers = { ...IDENTITY, 'Content-Type': 'application/json' };
  return replyOf(await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation) }));
}

async function replyOf(answer: Response): Promise<Reply> {
  const bytes = Number(answer.headers.get('content-length'));
  return { status: answer.status, text: await answer.text(), bytes };
}
