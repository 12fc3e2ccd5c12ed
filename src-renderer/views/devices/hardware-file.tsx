import { Tooltip } from '@mantine/core'
import { CopyButton } from '../../components/copy-button.tsx'
import { useEngine } from '../../services.ts'
import { isOwner } from '../../stores/permission.ts'
import styles from './hardware-file.module.css'

/** Where all this is kept: one readable file, which can be copied to another microscope. */
export function HardwareFile() {
  const owner = useEngine(isOwner)
  const file = useEngine((state) => state.hardware.file)
  const problem = useEngine((state) => state.hardware.problem)
  if (!owner) return null
  return (
    <footer className={styles['file']}>
      {problem !== undefined && (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      {file === undefined ? (
        <p className={styles['line']}>Not kept: what is changed here holds until Coverslip ends.</p>
      ) : (
        <p className={styles['line']}>
          <Tooltip label={`${file}. It may hold passwords of cameras.`}>
            <span className={styles['path']}>Kept in {file.slice(file.search(/[^\\/]*$/))}</span>
          </Tooltip>
          <CopyButton text={file} label="Copy the path of the hardware file" />
        </p>
      )}
    </footer>
  )
}
