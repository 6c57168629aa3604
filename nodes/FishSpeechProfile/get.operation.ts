import { forOperation, optionsField } from '../shared/host/parameters/fields';
import { defineOperation, type ItemParameters } from '../shared/host/run/operation';
import { callOptionFields } from '../shared/host/parameters/optionFields';
import { readCallOptions } from '../shared/host/parameters/options';
import { profileRow } from './profileRow';

const NAME = 'get';
const DEFAULT_TIMEOUT_SECONDS = 60;

export const get = defineOperation<ItemParameters>({
	name: NAME,
	creates: false,
	fields: forOperation(NAME, [optionsField(callOptionFields(DEFAULT_TIMEOUT_SECONDS))]),

	read: (reader) => ({ call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS) }),

	async execute(_parameters, { client, context }) {
		return [{ json: profileRow(await client.getProfile(context), context) }];
	},
});
