'use strict';

const { sleep } = require('n8n-workflow');

exports.runtime = { now: () => Date.now(), sleep, random: () => Math.random() };
