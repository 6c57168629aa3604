import type { IDataObject, IExecuteFunctions, IPollFunctions } from 'n8n-workflow';

import { failure, type ServiceError } from '../../api/errors';
import { isDataObject } from '../rows';
import { describeValue, type Parameter } from './parameter';

/** A parameter's value as n8n resolved it, expressions evaluated and resource locators opened. */
export type ValueSource = (name: string, fallback?: unknown) => unknown;

/** The parameters of one input item. */
export function valuesOfItem(host: IExecuteFunctions, itemIndex: number): ValueSource {
	return (name, fallback) =>
		host.getNodeParameter(name, itemIndex, fallback, { extractValue: true });
}

/** The parameters of a trigger, which has no items. */
export function valuesOfPoll(host: IPollFunctions): ValueSource {
	return (name, fallback) => host.getNodeParameter(name, fallback, { extractValue: true });
}

/** Names the parameter and the item, says what was found and what would be accepted. */
export function invalidParameter(
	parameter: string,
	itemIndex: number | undefined,
	found: string,
	accepted: string,
): ServiceError {
	const item = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const scope = itemIndex === undefined ? '' : ' for this item';
	return failure('invalidParameter', `Parameter "${parameter}" ${found}${item}.`, {
		action: `Accepted: ${accepted}. Nothing was sent${scope}.`,
	});
}

/** Reads parameters, typed and checked, so that nothing wrong is ever sent. Throws `invalidParameter`. */
export class ParameterReader {
	private readonly collections = new Map<string, IDataObject>();

	constructor(
		private readonly values: ValueSource,
		/** Absent where there are no items. */
		readonly itemIndex?: number,
		/** Options that the editor offers; all when absent. */
		private readonly offered?: ReadonlySet<string>,
	) {}

	/** The same parameters. To read an option that the editor does not offer is a fault of the operation. */
	offering(options: ReadonlyArray<Parameter<unknown>>): ParameterReader {
		const names = options.map(({ field }) => field.name);
		return new ParameterReader(this.values, this.itemIndex, new Set(names));
	}

	offers({ field }: Parameter<unknown>): boolean {
		return this.offered?.has(field.name) ?? true;
	}

	fail(parameter: string, found: string, accepted: string): ServiceError {
		return invalidParameter(parameter, this.itemIndex, found, accepted);
	}

	/** A parameter of the node. */
	get<T>(parameter: Parameter<T>): T {
		const { name, displayName } = parameter.field;
		return this.parsed(parameter, this.value(name, displayName));
	}

	/** An entry of a collection; its default where it was not added. */
	entry<T>(collection: 'options' | 'filters', parameter: Parameter<T>): T {
		const { name, default: fallback } = parameter.field;
		const { [name]: value = fallback } = this.collection(collection);
		return this.parsed(parameter, value);
	}

	option<T>(parameter: Parameter<T>): T {
		this.expectOffered(parameter);
		return this.entry('options', parameter);
	}

	/** An option that counts as soon as it is added, whatever its value; `undefined` only if it was not added. */
	optionIfAdded<T>(parameter: Parameter<T>): T | undefined {
		this.expectOffered(parameter);
		const { name } = parameter.field;
		const options = this.collection('options');
		return Object.hasOwn(options, name) ? this.parsed(parameter, options[name]) : undefined;
	}

	/** A parameter as n8n resolved it; an expression that fails is an invalid parameter. */
	value(name: string, displayName: string, fallback?: unknown): unknown {
		try {
			return this.values(name, fallback);
		} catch (error) {
			const said = error instanceof Error ? error.message : 'it has no value';
			throw this.fail(
				displayName,
				`could not be read: ${said}`,
				'an expression that works for every item',
			);
		}
	}

	private expectOffered(parameter: Parameter<unknown>): void {
		const { displayName } = parameter.field;
		if (!this.offers(parameter)) throw new Error(`The option "${displayName}" is not offered.`);
	}

	private parsed<T>(parameter: Parameter<T>, value: unknown): T {
		const { displayName } = parameter.field;
		return parameter.parse(value, (found, accepted) => this.fail(displayName, found, accepted));
	}

	/** Read once for each item: its expressions are slow. */
	private collection(name: 'options' | 'filters'): IDataObject {
		const known = this.collections.get(name);
		if (known !== undefined) return known;
		const displayName = name === 'options' ? 'Options' : 'Filters';
		const value = this.value(name, displayName, {});
		if (!isDataObject(value))
			throw this.fail(displayName, describeValue(value), 'a set of options');
		this.collections.set(name, value);
		return value;
	}
}
