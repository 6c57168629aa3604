import { jsonAnswer } from '../answer.mts';
import { jsonBody, type Route } from '../call.mts';
import { checked, ProfileUpdate } from '../contract.mts';

export const profileRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/profile',
		zone: 'api',
		handle: ({ state }) => jsonAnswer(200, state.account.profile()),
	},
	{
		method: 'POST',
		path: '/profile',
		zone: 'api',
		handle: (call) => {
			const { account } = call.state;
			account.webhookUrl = checked(ProfileUpdate, jsonBody(call)).webhookUrl;
			call.record.accepted = true;
			return jsonAnswer(200, account.profile());
		},
	},
];
