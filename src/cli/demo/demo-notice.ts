import type { PrivacyNotice } from '../../model/privacy-notice.ts';

/** The privacy notice of the invented shop, with what differs in another country. */
export const DEMO_NOTICE: PrivacyNotice = {
  controllerName: 'Fennimoor Home & Trade (invented)',
  controllerAddress: '12 Harbour Lane, Fennimoor',
  contact: 'privacy@fennimoor.example',
  purposes: {
    en: 'To learn what makes moving house easy or hard, and which kinds of customers need what from a shop.',
    de: 'Um zu lernen, was einen Umzug leicht oder schwer macht und welche Kundinnen und Kunden was von einem Geschäft brauchen.',
    ar: 'لمعرفة ما يجعل الانتقال إلى بيت جديد سهلًا أو صعبًا، وما يحتاجه مختلف الزبائن من المتجر.',
  },
  legalBasis: 'consent',
  kept: { months: 24 },
  recipients: 'nobody',
  minimumAge: 16,
  authority: 'Data Protection Office of Fennimoor (invented)',
};
