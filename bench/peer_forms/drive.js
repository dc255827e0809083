// Does the jobs of /jobs.json with the peer's engine and posts one result for each to /result.
import { loadForm } from '/engine/index.js';

const children = (node) => node.currentState.children ?? [];

function* walk(node) {
    yield node;
    for (const child of children(node)) {
        yield* walk(child);
    }
}

const isRange = (node) => node.nodeType.startsWith('repeat-range');

const find = (root, path) => {
    for (const node of walk(root)) {
        if (!isRange(node) && node.currentState.reference === path) {
            return node;
        }
    }
    throw new Error(`no node ${path}`);
};

const range = (root, path) => {
    for (const node of walk(root)) {
        if (isRange(node) && node.currentState.reference === path) {
            return node;
        }
    }
    throw new Error(`no repeat ${path}`);
};

const answer = (node, value) => {
    switch (node.nodeType) {
        case 'select':
            return value === '' ? node.selectValues([]) : node.selectValues(node.selectType === 'select' ? value.split(' ') : [value]);
        case 'rank':
            return node.setValues(value === '' ? [] : value.split(' '));
        case 'trigger':
            return node.setValue(value === 'OK');
        case 'upload':
            return node.setValue(value === '' ? null : new File(['x'], value, { type: 'image/jpeg' }));
        default:
            return node.setValue(value);
    }
};

const REPEAT = /^(.*)\[(\d+)\]$/;

// The node is looked for before the clock runs: how a screen holds its nodes is its own affair.
const prepare = (root, step) => {
    const repeat = REPEAT.exec(step.path);
    if (step.add) {
        const node = range(root, repeat[1]);
        return () => node.addInstances();
    }
    if (step.remove) {
        const node = range(root, repeat[1]);
        return () => node.removeInstances(Number(repeat[2]) - 1);
    }
    const node = find(root, step.path);
    return () => answer(node, step.value);
};

const text = (label) => label?.asString ?? '';

const dump = (root, withTexts) => {
    const nodes = {};
    for (const node of walk(root)) {
        if (isRange(node) || node.parent === null) {
            continue;
        }
        const state = node.currentState;
        const leaf = state.children === null;
        const found = { relevant: state.relevant };
        if (leaf) {
            found.value = state.instanceValue ?? '';
            if (found.value instanceof File) {
                found.value = found.value.name;
            }
        }
        if (withTexts) {
            found.required = state.required;
            found.readonly = state.readonly;
            found.label = text(state.label);
            found.hint = text(state.hint);
            found.violation = node.validationState?.violation?.condition ?? null;
            found.choices = Array.isArray(state.valueOptions) ? state.valueOptions.map((one) => one.value) : null;
        }
        nodes[state.reference] = found;
    }
    return nodes;
};

const memory = () => {
    globalThis.gc?.();
    return performance.memory?.usedJSHeapSize ?? 0;
};

const fetched = (job) => async (url) => {
    const name = decodeURIComponent(String(url).split('/').pop());
    const found = job.attachments?.[name];
    if (found === undefined) {
        return new Response('', { status: 404 });
    }
    const kind = name.endsWith('.csv') ? 'text/csv' : name.endsWith('.geojson') ? 'application/geo+json' : 'text/xml';
    return new Response(found, { status: 200, headers: { 'Content-Type': kind } });
};

const run = async (job) => {
    const before = memory();
    const started = performance.now();
    const form = await loadForm(job.xml, { fetchFormAttachment: fetched(job), missingResourceBehavior: 'BLANK' });
    const loaded = performance.now();
    if (form.status === 'failure') {
        throw form.error;
    }
    const { root } = form.createInstance({});
    const made = performance.now();
    if (job.language) {
        const language = root.languages.find((one) => one.language === job.language);
        root.setLanguage(language);
    }
    const times = [];
    const refused = [];
    const rounds = [];
    for (const round of job.rounds) {
        for (const step of round) {
            try {
                const act = prepare(root, step);
                const begun = performance.now();
                act();
                times.push(performance.now() - begun);
            } catch (error) {
                refused.push({ path: step.path, error: String(error) });
            }
        }
        rounds.push(dump(root, job.texts));
    }
    const result = {
        status: form.status, load: loaded - started, instance: made - loaded, times, refused, rounds,
        languages: root.languages.map((one) => one.language ?? ''),
    };
    result.memory = memory() - before;
    return result;
};

const post = (body) => fetch('/result', { method: 'POST', body: JSON.stringify(body) });

const jobs = await (await fetch('/jobs.json')).json();
for (const job of jobs) {
    let result;
    try {
        result = await run(job);
    } catch (error) {
        const reasons = [error, ...(error?.errors ?? []), error?.cause].filter(Boolean).map((one) => String(one?.message ?? one));
        result = { error: reasons.join(' / ') };
    }
    await post({ name: job.name, ...result });
}
await fetch('/done', { method: 'POST', body: '' });
