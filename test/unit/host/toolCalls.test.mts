import { expect, it } from 'vitest';
import { contextOfCall } from '../../../nodes/shared/host/memory/toolCalls.ts';

it('the tries at one call of a tool share what is remembered; another call with equal arguments does not', () => {
	const input = { text: 'a' };
	contextOfCall(input).job = 'task_1';
	expect(contextOfCall(input)).toEqual({ job: 'task_1' });
	expect(contextOfCall({ text: 'a' })).toEqual({});
});
