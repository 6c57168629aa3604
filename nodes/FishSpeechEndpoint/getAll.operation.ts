import { getApiSchema } from '../shared/fishspeech/apiSchema';
import { pagingParameters, readLimit } from '../shared/host/parameters/paging';
import { defineOperation } from '../shared/host/run/operation';
import { methodClassOf } from './endpointRequest';

export const getAll = defineOperation({
	name: 'getAll',
	parameters: pagingParameters,
	// Infinity for all.
	read: readLimit,

	async execute(limit, { client, hint }) {
		const { endpoints, leftOut } = await getApiSchema(client);
		if (leftOut > 0)
			hint(`${leftOut} entries of the schema could not be read and are not in the list.`);
		return [...endpoints.values()].slice(0, limit).map(({ method, path, summary }) => ({
			json: { method, path, summary, costs: methodClassOf(method) === 'create' },
		}));
	},
});
