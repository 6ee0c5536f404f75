/** Opens files with experiments or weights, and keeps the reason why the last one could not be opened. */
import { createContext } from 'svelte';
import type { Session } from '../../core/session/types';
import { RequestRefused } from '../../core/protocol/http';
import { language, t } from '../../ui/i18n/i18n.svelte';
import { readWeights } from '../export/download';
import { NotOpened, readExperiment } from './experiment-file';

/** The largest body that the server accepts, before base64. Weights that fit into an experiment need a twentieth of it. */
const MAX_WEIGHTS_BYTES = 700 * 1024;

export class FileOpening {
  /** Why the last file could not be opened; '' where it could. */
  fault = $state('');

  /** Opens the experiment in a file; on failure the open experiment stays. */
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
      if (await session.open(experiment, { from: [] })) return true;
      const { fault } = session;
      this.fault = `${file.name}: ${fault?.field ? `${fault.field}: ` : ''}${fault?.message ?? ''}`;
      session.clearFault(); // it names a field of the file, not a control of the page
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error;
      this.fault = words(error);
    }
    return false;
  }

  /** Moves the selected run to the weights in a file, at the step on screen; on failure nothing changes. */
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
