// Does what it is told, a JSON line at a time, and answers each line with the milliseconds that the work took.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { createRequire } = require('module');

const [, , folder, packages] = process.argv;
const need = createRequire(path.join(packages, 'package.json'));
const PouchDB = need('pouchdb');
const BATCH = { batch_size: 1000, batches_limit: 10 };
let remote;
let written;
const local = {};

const serve = () => {
    const express = need('express');
    const Kept = PouchDB.defaults({ prefix: folder + path.sep });
    const app = express();
    const set = {
        mode: 'minimumForPouchDB',
        logPath: path.join(folder, 'log.txt'),
        configPath: path.join(folder, 'config.json'),
    };
    app.use('/', need('express-pouchdb')(Kept, set));
    const server = app.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
};

const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n');

const timed = async (work) => {
    const began = process.hrtime.bigint();
    await work();
    return Number(process.hrtime.bigint() - began) / 1e6;
};

const open = (name) => {
    local[name] = new PouchDB(path.join(folder, `${name}-${Date.now()}`));
    return local[name];
};

const doing = {
    begin: async ({ port, name }) => {
        remote = new PouchDB(`http://127.0.0.1:${port}/${name}`);
        await remote.info();
        await open('first').info();
    },
    write: async ({ records }) => {
        const rows = JSON.parse(fs.readFileSync(records, 'utf-8'));
        const docs = rows.map(([id, ...fields]) =>
            Object.assign({ _id: id }, ...fields.map((value, place) => ({ [`field_${place}`]: value }))));
        await local.first.bulkDocs(docs);
        written = docs.map((doc) => doc._id);
    },
    push: () => timed(() => local.first.replicate.to(remote, BATCH)),
    pull: async () => {
        const second = open('second');
        await second.info();
        return timed(() => second.replicate.from(remote, BATCH));
    },
    change: async ({ count, text }) => {
        const found = await local.first.allDocs({ keys: written.slice(0, count), include_docs: true });
        await local.first.bulkDocs(found.rows.map((row) => ({ ...row.doc, field_3: text })));
    },
    push_changes: () => timed(() => local.first.replicate.to(remote, BATCH)),
    pull_changes: () => timed(() => local.second.replicate.from(remote, BATCH)),
    idle: () => timed(() => local.first.sync(remote, BATCH)),
};

const obey = async () => {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const told = JSON.parse(line);
        try {
            say({ took: (await doing[told.do](told)) || 0 });
        } catch (error) {
            say({ error: String(error) });
        }
    }
    process.exit(0);
};

if (process.argv[4] === 'serve') {
    serve();
} else {
    obey();
}
