import {
  ActionIcon,
  Button,
  createTheme,
  Kbd,
  type MantineColorsTuple,
  Modal,
  Popover,
  SegmentedControl,
  Select,
  Slider,
  Switch,
  TextInput,
  Tooltip,
} from '@mantine/core'

/** The one accent: what is live, and what starts it. */
const live: MantineColorsTuple = [
  '#e2fbf5',
  '#c6f5e9',
  '#93ebd4',
  '#5fe0bf',
  '#2fd6b0',
  '#1ec49f',
  '#12a686',
  '#0c8a70',
  '#0a7460',
  '#075c4c',
]

/** Controls that are not live are of this quiet blue grey. */
const slate: MantineColorsTuple = [
  '#f2f5f7',
  '#e2e8ec',
  '#cbd4da',
  '#b0bcc5',
  '#94a3ae',
  '#7b8c98',
  '#64747f',
  '#4e5c66',
  '#3a464e',
  '#283138',
]

const dark: MantineColorsTuple = [
  '#d5dbdf',
  '#b4bdc4',
  '#8d989f',
  '#66727a',
  '#323b41',
  '#262d32',
  '#1c2226',
  '#15191c',
  '#0e1113',
  '#090b0c',
]

const small = { defaultProps: { size: 'xs' } } as const

/** Compact sizes, two quiet palettes and one accent; the rest is in `app.css`. */
export const theme = createTheme({
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 4 },
  colors: { live, slate, dark },
  fontFamily: "Inter, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', Menlo, Consolas, monospace",
  defaultRadius: 5,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '18px', xl: '26px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: Button.extend(small),
    TextInput: TextInput.extend(small),
    Kbd: Kbd.extend(small),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs', fullWidth: true, withItemsBorders: false, transitionDuration: 0 },
    }),
    Select: Select.extend({
      defaultProps: {
        size: 'xs',
        allowDeselect: false,
        withCheckIcon: false,
        maxDropdownHeight: 320,
        comboboxProps: { shadow: 'md', transitionProps: { duration: 0 } },
      },
    }),
    Slider: Slider.extend({ defaultProps: { size: 3, thumbSize: 13, label: null } }),
    Switch: Switch.extend({ defaultProps: { size: 'xs', withThumbIndicator: false } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', size: 26, color: 'gray' } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 450,
        withArrow: false,
        transitionProps: { duration: 0 },
        multiline: true,
        fz: 'xs',
      },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'lg', transitionProps: { duration: 0 } } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        transitionProps: { duration: 0 },
        // The page does not scroll; locking it would add a style that the security policy forbids.
        lockScroll: false,
      },
    }),
  },
})
