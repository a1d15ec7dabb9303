import type { InjectedFault } from '@facet/server/internal/http/sandbox/protocol.ts';
import { inWords } from '../bar/drills.tsx';
import { bytes, count, counted, milliseconds } from '../figures.ts';
import type { Run } from '../session.ts';

/** A run in one line, each figure beside what had been known before. */
export function Summary({ run: { explanation, answerBytes, errors } }: { readonly run: Run }) {
  const { screen, calls, waves, totalMs, deadlineMs, bound, drills, leftOut } = explanation;
  const asked = calls.filter(({ cached }) => !cached);
  const kept = calls.length - asked.length;
  return (
    <>
      <b>{screen ?? 'ad hoc'}</b>
      <Figure value={counted(asked.length + leftOut, 'call')} most={bound && count(bound.calls)} />
      <Figure value={counted(waves, 'wave')} most={bound && count(bound.waves)} />
      <Figure value={milliseconds(totalMs)} most={bound && milliseconds(Math.min(bound.timeMs, deadlineMs))} />
      <span>
        {bytes(asked.reduce((total, call) => total + call.bytes, 0))} asked, {bytes(answerBytes)} answered
      </span>
      {kept > 0 && <span>{counted(kept, 'look', 'looks')} into the cache</span>}
      {errors > 0 && <span className="facet-failed">{counted(errors, 'error')}</span>}
      {drills.map((drill: InjectedFault) => (
        <span key={drill.service} className="facet-chip facet-warns">
          drill: {inWords(drill)}
        </span>
      ))}
    </>
  );
}

function Figure({ value, most }: { readonly value: string; readonly most: string | null }) {
  return (
    <span>
      {value}
      {most !== null && <span className="facet-muted"> of at most {most}</span>}
    </span>
  );
}
