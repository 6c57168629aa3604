import type { BinaryDataService, WorkflowExecute } from 'n8n-core';
import type {
	ExecutionStatus,
	IBinaryData,
	IRun,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { Host } from './host.mts';

type RunRequest = Parameters<WorkflowExecute['run']>[0];
type Running = ReturnType<WorkflowExecute['run']>;
type StoreArguments = Parameters<BinaryDataService['store']>;
type FileLocation = Extract<StoreArguments[0], { type: 'execution' }>;

/** Hosts of version 1, and the first of version 2, take the run's parts one by one. */
export function startRun(engine: WorkflowExecute, request: RunRequest): Running {
	if (engine.run.length <= 1) return engine.run(request);
	const { workflow, startNode, pinData } = request;
	const running: Running = Reflect.apply(engine.run, engine, [
		workflow,
		startNode,
		undefined,
		pinData,
	]);
	return running;
}

/** Hosts of version 1 take the owner's ids one by one. */
export async function storeBinary(
	service: BinaryDataService,
	location: FileLocation,
	content: StoreArguments[1],
	about: IBinaryData,
): Promise<IBinaryData> {
	if (service.store.length <= 3) return await service.store(location, content, about);
	const { workflowId, executionId } = location;
	const stored: Promise<IBinaryData> = Reflect.apply(service.store, service, [
		workflowId,
		executionId,
		content,
		about,
	]);
	return await stored;
}

/** Hosts of version 1 leave the status to the server, which reads it off the record as done here. */
export function finalStatus({ status, data, waitTill }: IRun): ExecutionStatus {
	if (status !== 'running' && status !== 'new') return status;
	if (data.resultData.error) {
		return data.resultData.error.message.includes('canceled') ? 'canceled' : 'error';
	}
	return waitTill ? 'waiting' : 'success';
}

/** Hosts before 2.40 get their egress filter from the server, which gives one when the protection is on. */
export function ssrfBridge({
	container,
	ssrfProtectionToken,
}: Host): Pick<IWorkflowExecuteAdditionalData, 'ssrfBridge'> {
	const isOn = process.env['N8N_SSRF_PROTECTION_ENABLED'] === 'true';
	return isOn && ssrfProtectionToken ? { ssrfBridge: container.get(ssrfProtectionToken) } : {};
}
