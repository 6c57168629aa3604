import { jsonAnswer } from '../answer.mts';
import { jsonBody, type Handlers } from '../call.mts';
import { checked, ProfileUpdate } from '../contract.mts';

export const profileHandlers = {
	getProfile: ({ state }) => jsonAnswer(200, state.account.profile()),
	updateProfile: (call) => {
		const { account } = call.state;
		account.webhookUrl = checked(ProfileUpdate, jsonBody(call)).webhookUrl;
		call.record.accepted = true;
		return jsonAnswer(200, account.profile());
	},
} satisfies Handlers;
