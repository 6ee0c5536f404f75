/** A file that is opened: what came of it, for everyone who opens one and for the page that says it. */
import { createContext } from 'svelte';
import type { Session } from '../../core/session/types';
import { RequestRefused } from '../../core/protocol/http';
import { language, t } from '../../ui/i18n/i18n.svelte';
import { readWeights } from '../export/download';
import { NotOpened, readExperiment } from './experiment-file';

/** Weights that fit into an experiment have a twentieth of it; in base64 it is what the server takes. */
const MAX_WEIGHTS_BYTES = 700 * 1024;

export class FileOpening {
  /** Why the last file could not be opened; '' where it could. */
  fault = $state('');

  /** Opens the experiment of a file; where it cannot, what is open stays as it is. */
  async open(session: Session, files: FileList | readonly File[]): Promise<boolean> {
    this.fault = '';
    const [file, another] = files;
    if (!file) return false;
    if (another) {
      this.fault = t('file.several');
      return false;
    }
    try {
      const experiment = await readExperiment(file);
      if (await session.open(experiment)) return true;
      const { fault } = session;
      this.fault = `${file.name}: ${fault?.field ? `${fault.field}: ` : ''}${fault?.message ?? ''}`;
      session.clearFault(); // its field is that of the file, not one of this page
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error;
      this.fault = words(error);
    }
    return false;
  }

  /** Moves the chosen run to the weights of a file, at the step on screen; where it cannot, nothing changes. */
  async openWeights(session: Session, files: FileList | readonly File[]): Promise<boolean> {
    this.fault = '';
    const [file, another] = files;
    const { experiment, selected } = session;
    if (!file || !experiment) return false;
    if (another) {
      this.fault = t('file.several');
      return false;
    }
    if (file.size > MAX_WEIGHTS_BYTES) {
      this.fault = t('weights.large', { name: file.name, size: Math.round(file.size / 1024) });
      return false;
    }
    try {
      session.edit({ run: selected, params: await readWeights(file, experiment, language.now) });
      return true;
    } catch (error) {
      this.fault = `${file.name}: ${error instanceof RequestRefused ? error.message : t('export.lost')}`;
      return false;
    }
  }

  close(): void {
    this.fault = '';
  }
}

function words({ key, values }: NotOpened): string {
  const name = String(values['name']);
  switch (key) {
    case 'file.large':
      return t(key, { name, size: values['size'] ?? '' });
    case 'file.newer':
      return t(key, { name, version: values['version'] ?? '', known: values['known'] ?? '' });
    default:
      return t(key, { name });
  }
}

export const [useFileOpening, provideFileOpening] = createContext<FileOpening>();
