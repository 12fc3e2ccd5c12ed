/** Folder of images and recordings within the data folder. */
export const recordingsFolder = 'recordings'
