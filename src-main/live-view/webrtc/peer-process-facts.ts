/** What a peer process and its parent must agree on. */

/** File descriptor of the pipe of video frames; 3 is the IPC channel. */
export const framesFd = 4

/** Exit code when the WebRTC library cannot be loaded. */
export const notInstalledCode = 78
