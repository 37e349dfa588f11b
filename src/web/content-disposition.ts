/** A download under its name, whatever letters that has (RFC 6266). */
export const contentDisposition = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w. -]/g, '_') || 'file'}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
