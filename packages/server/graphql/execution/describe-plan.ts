import { getNamedType, isAbstractType } from 'graphql';
import { type Origin, type PlannedCall, planOf } from '../plan.ts';
import type { FieldPlan, ObjectPlan, OperationPlan } from './operation-plan.ts';

/** A line in the description of a plan. */
export interface PlanLine {
  /** The number of fields around it. */
  readonly depth: number;
  /** The response key of a field with a column, or the keys of fields that are read when the response is built. */
  readonly fields: string;
  /** The wave in which the field calls a service, from 1; undefined for a field that calls none. */
  readonly wave: number | undefined;
  /** What happens: the endpoint that is called, or how the values are obtained. */
  readonly action: string;
  /** Where the key or the parameters of the call come from; empty without a call. */
  readonly from: string;
}

/** Describes a plan field by field, in the order of the response. Of an interface or a union, each type is described. */
export function describePlan({ root, schema }: OperationPlan): PlanLine[] {
  const linesOf = (plan: ObjectPlan, depth: number, wave: number): PlanLine[] => {
    const read = plan.fields.filter(({ hasColumn }) => !hasColumn).map(({ key }) => key);
    return [
      ...(read.length > 0 ? [{ depth, fields: read.join(', '), wave: undefined, action: 'read', from: '' }] : []),
      ...plan.columns.flatMap((field) => columnLines(field, depth, wave)),
    ];
  };

  const columnLines = (field: FieldPlan, depth: number, before: number): PlanLine[] => {
    const calls = planOf(field.definition)?.calls ?? [];
    const wave = before + (calls.length > 0 ? 1 : 0);
    const line = {
      depth,
      fields: field.key,
      wave: calls.length > 0 ? wave : undefined,
      action:
        calls.length > 0
          ? calls.map(({ endpoint }) => `${endpoint.service} ${endpoint.name}`).join(' and ')
          : planOf(field.definition)?.runs === 'conversion'
            ? 'computed'
            : ACTIONS[field.step.kind],
      from: calls.map(originsOf).join(' and '),
    };
    return [line, ...typesBelow(field).flatMap((plan) => linesOf(plan, depth + 1, wave))];
  };

  const typesBelow = ({ below, definition }: FieldPlan): ObjectPlan[] => {
    const type = getNamedType(definition.type);
    if (!below) return [];
    if (below.type) return [below.of(below.type)];
    return isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => below.of(possible)) : [];
  };

  return linesOf(root, 0, 0);
}

/** What happens for the column of a field that calls no service. */
const ACTIONS: Readonly<Record<FieldPlan['step']['kind'], string>> = {
  property: 'read',
  value: 'computed',
  row: 'called',
  page: 'called',
  framework: 'awaited',
  resolver: 'hand-written resolver',
  typename: 'read',
  introspection: 'introspection',
};

function originsOf({ params }: PlannedCall): string {
  return Object.entries(params)
    .map(([name, origin]) => `${name}: ${originText(origin)}`)
    .join(', ');
}

function originText({ from, name, value, through = [] }: Origin): string {
  const texts = { parent: `.${name}`, argument: `argument ${name}`, viewer: 'caller', constant: JSON.stringify(value) };
  return [texts[from], ...through].join(' as ');
}
