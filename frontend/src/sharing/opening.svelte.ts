/** A file that is opened: what came of it, for everyone who opens one and for the page that says it. */
import { t } from '../i18n/i18n.svelte';
import type { Session } from '../session/types';
import { NotOpened, readExperiment } from './file';

class Opening {
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

  close(): void {
    this.fault = '';
  }
}

export const opening = new Opening();

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
