/** What all operations that are not registered are called together, where screens are called by their names. */
export const AD_HOC = 'ad_hoc';
