//! Windows that slide over spatial axes: what convolutions and pools share. Pure arithmetic on sizes.

use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::Attrs,
};

/// A window over the spatial axes of a tensor, with its padding resolved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Window {
    /// Its size on each axis.
    pub kernel: Vec<usize>,
    /// How far it moves.
    pub stride: Vec<usize>,
    /// The distance of its elements.
    pub dilation: Vec<usize>,
    /// Padding before and after each axis.
    pub pads: Vec<(usize, usize)>,
}

impl Window {
    /// From a node's attributes and the sizes of the spatial axes.
    pub fn resolve(attrs: &Attrs, kernel: Vec<usize>, spatial: &[usize]) -> OpResult<Self> {
        let n = spatial.len();
        if kernel.len() != n {
            return Err(operands!("a window of {} axes over {n} spatial axes", kernel.len()));
        }
        let stride = attrs.sizes("strides", n, 1, 1)?;
        let dilation = attrs.sizes("dilations", n, 1, 1)?;
        let mut window = Self { kernel, stride, dilation, pads: vec![] };
        window.pads = match auto_pad(attrs)? {
            Some("VALID") => vec![(0, 0); n],
            Some(same) => (0..n)
                .map(|i| {
                    let outputs = spatial[i].div_ceil(window.stride[i]);
                    let covered = outputs.saturating_sub(1) * window.stride[i] + window.reach(i);
                    let total = covered.saturating_sub(spatial[i]);
                    let small = total / 2;
                    if same == "SAME_UPPER" { (small, total - small) } else { (total - small, small) }
                })
                .collect(),
            None => {
                let flat = attrs.sizes("pads", 2 * n, 0, 0)?;
                (0..n).map(|i| (flat[i], flat[n + i])).collect()
            }
        };
        Ok(window)
    }

    /// The span of the window on an axis.
    pub fn reach(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis].max(1) - 1) + 1
    }

    /// How many places the window takes on each axis. With `ceil` the last one may hang over the end, if it starts before it.
    pub fn outputs(&self, spatial: &[usize], ceil: bool) -> OpResult<Vec<usize>> {
        (0..spatial.len())
            .map(|i| {
                let (before, after) = self.pads[i];
                let padded = spatial[i] + before + after;
                let free = padded.checked_sub(self.reach(i)).filter(|_| spatial[i] > 0);
                let free = free.ok_or_else(|| operands!("a window that spans {} over {padded} elements", self.reach(i)))?;
                let mut count = free / self.stride[i] + 1;
                if ceil && free % self.stride[i] != 0 && count * self.stride[i] < spatial[i] + before {
                    count += 1;
                }
                Ok(count)
            })
            .collect()
    }
}

/// `auto_pad`, unless it leaves the pads to the attribute.
fn auto_pad(attrs: &Attrs) -> OpResult<Option<&'static str>> {
    match attrs.str("auto_pad", "NOTSET")? {
        "NOTSET" | "" => Ok(None),
        "VALID" => Ok(Some("VALID")),
        "SAME_UPPER" => Ok(Some("SAME_UPPER")),
        "SAME_LOWER" => Ok(Some("SAME_LOWER")),
        other => Err(attribute!("auto_pad {other:?}")),
    }
}

/// Refuses windows over more than `most` axes, as far as the attributes tell.
pub fn check_axes(attrs: &Attrs, most: usize) -> OpResult<()> {
    match attrs.ints("kernel_shape")? {
        Some(kernel) if kernel.len() > most => Err(unsupported!("{} spatial axes (the most is {most})", kernel.len())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(kernel: usize, stride: usize, dilation: usize, pads: (usize, usize)) -> Window {
        Window { kernel: vec![kernel], stride: vec![stride], dilation: vec![dilation], pads: vec![pads] }
    }

    #[test]
    fn outputs_by_hand() {
        assert_eq!(window(3, 1, 1, (1, 1)).outputs(&[5], false).unwrap(), [5]);
        assert_eq!(window(3, 2, 1, (0, 0)).outputs(&[6], false).unwrap(), [2]);
        assert_eq!(window(3, 2, 1, (0, 0)).outputs(&[6], true).unwrap(), [3]);
        // The third window would start in the padding behind the end.
        assert_eq!(window(1, 2, 1, (0, 1)).outputs(&[3], true).unwrap(), [2]);
        assert_eq!(window(3, 1, 2, (0, 0)).outputs(&[5], false).unwrap(), [1]);
        assert!(window(3, 1, 2, (0, 0)).outputs(&[4], false).is_err());
    }

    proptest! {
        #[test]
        fn outputs_stay_inside(len in 1usize..30, kernel in 1usize..6, stride in 1usize..5, dilation in 1usize..4, before in 0usize..4, after in 0usize..4) {
            let window = window(kernel, stride, dilation, (before, after));
            if let Ok(count) = window.outputs(&[len], false) {
                let last = (count[0] - 1) * stride + window.reach(0);
                prop_assert!(last <= len + before + after);
                prop_assert!(last + stride > len + before + after);
                prop_assert!(window.outputs(&[len], true).unwrap()[0] - count[0] <= 1);
            }
        }
    }
}
