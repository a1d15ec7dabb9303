/** In place of the sandbox, where the server does not say what it has: it may be starting anew. */
export function Unreachable({ why }: { readonly why: unknown }) {
  return (
    <main className="graphiql-container facet facet-unreachable" role="alert">
      <p>The server cannot be reached: it may be stopping or starting.</p>
      <p className="facet-muted">{why instanceof Error ? why.message : String(why)}</p>
      <button type="button" className="facet-button" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}
