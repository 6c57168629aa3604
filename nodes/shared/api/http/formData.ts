/** `multipart/form-data` as one buffer: the only form of it that both transports send alike. */
export async function encodeForm(form: FormData) {
	const encoded = new Response(form);
	return {
		contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
		body: Buffer.from(await encoded.arrayBuffer()),
	};
}
