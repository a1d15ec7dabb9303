/** Generates the data file where it is not there yet, with a progress bar; what each service does at its start too. */
import { ensureData } from './database.ts';

ensureData();
