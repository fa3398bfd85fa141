/** What this is, as it tells receivers of its records; the version is the package's. */
export const PRODUCT = { name: 'Sallyport', version: '0.1.0' } as const;
