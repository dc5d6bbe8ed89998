#!/usr/bin/env node
import './system/fault.js';
import { join } from 'node:path';
import { startProgram } from './system/compiled.js';

/** Of the program and its code, by build/compiled.mjs. */
declare const OCSPBOT_COMPILED: string;

startProgram(join(__dirname, '../ocspbot.js'), join(__dirname, 'ocspbot.code'), OCSPBOT_COMPILED);
