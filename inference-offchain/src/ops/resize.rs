//! Resize and its predecessor Upsample: each axis by itself, as weighted sums of selected entries. The coordinates are worked out on the
//! host in f64, so every device takes the same entries.

use super::{Call, Op, axis, binary::float_pair, one};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::Attrs,
    limits,
    tensor::{B, Kind, Value},
};
use burn_backend::ops::FloatTensorOps;

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Resize", (1, 4), resize)
        .attrs(&[
            "antialias",
            "axes",
            "coordinate_transformation_mode",
            "cubic_coeff_a",
            "exclude_outside",
            "extrapolation_value",
            "keep_aspect_ratio_policy",
            "mode",
            "nearest_mode",
        ])
        .check(check),
    Op::new("Upsample", (1, 2), upsample).attrs(&["mode", "scales"]).check(check),
];

fn check(attrs: &Attrs) -> OpResult<()> {
    if attrs.flag("antialias", false)? {
        return Err(unsupported!("antialias"));
    }
    if attrs.str("keep_aspect_ratio_policy", "stretch")? != "stretch" {
        return Err(unsupported!("keep_aspect_ratio_policy other than stretch"));
    }
    Method::of(attrs, Coordinates::HalfPixel).map(|_| ())
}

/// Where an output element lies in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Coordinates {
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
}

/// How an element between others is made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Nearest(Rounding),
    Linear,
    Cubic { a: f64, exclude_outside: bool },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Rounding {
    PreferFloor,
    PreferCeil,
    Floor,
    Ceil,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Method {
    coordinates: Coordinates,
    mode: Mode,
}

impl Method {
    fn of(attrs: &Attrs, default: Coordinates) -> OpResult<Self> {
        let coordinates = match attrs.str("coordinate_transformation_mode", "")? {
            "" => default,
            "half_pixel" => Coordinates::HalfPixel,
            "half_pixel_symmetric" => Coordinates::HalfPixelSymmetric,
            "pytorch_half_pixel" => Coordinates::PytorchHalfPixel,
            "align_corners" => Coordinates::AlignCorners,
            "asymmetric" => Coordinates::Asymmetric,
            other => return Err(unsupported!("coordinate_transformation_mode {other:?}")),
        };
        let rounding = match attrs.str("nearest_mode", "round_prefer_floor")? {
            "round_prefer_floor" => Rounding::PreferFloor,
            "round_prefer_ceil" => Rounding::PreferCeil,
            "floor" => Rounding::Floor,
            "ceil" => Rounding::Ceil,
            other => return Err(attribute!("nearest_mode {other:?}")),
        };
        let mode = match attrs.str("mode", "nearest")? {
            "nearest" => Mode::Nearest(rounding),
            "linear" | "bilinear" => Mode::Linear,
            "cubic" => {
                let a = f64::from(attrs.float("cubic_coeff_a", -0.75)?);
                Mode::Cubic { a, exclude_outside: attrs.flag("exclude_outside", false)? }
            }
            other => return Err(unsupported!("mode {other:?}")),
        };
        Ok(Self { coordinates, mode })
    }

    /// For each element of an axis, the input's entries that make it and their weights. All lists have one length.
    fn taps(&self, from: usize, to: usize, scale: f64) -> Vec<(Vec<i64>, Vec<f32>)> {
        let points: Vec<f64> = (0..to).map(|i| self.coordinates.source(i as f64, from as f64, to as f64, scale)).collect();
        let last = from as i64 - 1;
        let clamp = |i: f64| (i as i64).clamp(0, last);
        match self.mode {
            Mode::Nearest(rounding) => {
                let picks = points.iter().map(|x| clamp(rounding.round(*x))).collect();
                vec![(picks, vec![1.0; to])]
            }
            Mode::Linear => {
                let inside: Vec<f64> = points.iter().map(|x| x.clamp(0.0, last as f64)).collect();
                let low = inside.iter().map(|x| clamp(x.floor())).collect();
                let high = inside.iter().map(|x| clamp(x.floor() + 1.0)).collect();
                let part = |x: &f64| (x - x.floor()) as f32;
                vec![(low, inside.iter().map(|x| 1.0 - part(x)).collect()), (high, inside.iter().map(part).collect())]
            }
            Mode::Cubic { a, exclude_outside } => {
                let mut taps = vec![(vec![], vec![]); 4];
                for x in points {
                    let base = x.floor();
                    let inside = |k: usize| (0.0..=last as f64).contains(&(base + k as f64 - 1.0));
                    let weight = |k: usize| {
                        let weight = cubic(x - (base + k as f64 - 1.0), a);
                        if exclude_outside && !inside(k) { 0.0 } else { weight }
                    };
                    let total: f64 = if exclude_outside { (0..4).map(weight).sum() } else { 1.0 };
                    for (k, tap) in taps.iter_mut().enumerate() {
                        tap.0.push(clamp(base + k as f64 - 1.0));
                        tap.1.push((weight(k) / total) as f32);
                    }
                }
                taps
            }
        }
    }
}

impl Coordinates {
    fn source(self, x: f64, from: f64, to: f64, scale: f64) -> f64 {
        match self {
            Self::Asymmetric => x / scale,
            Self::HalfPixel => (x + 0.5) / scale - 0.5,
            Self::PytorchHalfPixel if to <= 1.0 => 0.0,
            Self::PytorchHalfPixel => (x + 0.5) / scale - 0.5,
            Self::AlignCorners if to <= 1.0 => 0.0,
            // The output's length before it is rounded down.
            Self::AlignCorners => x * (from - 1.0) / (from * scale - 1.0),
            Self::HalfPixelSymmetric => {
                // The output may be cut short of from · scale: centre what remains.
                let adjustment = to / (scale * from);
                let centre = from / 2.0;
                centre * (1.0 - adjustment) + (x + 0.5) / scale - 0.5
            }
        }
    }
}

impl Rounding {
    fn round(self, x: f64) -> f64 {
        match self {
            Self::PreferFloor => (x - 0.5).ceil(),
            Self::PreferCeil => (x + 0.5).floor(),
            Self::Floor => x.floor(),
            Self::Ceil => x.ceil(),
        }
    }
}

/// Keys' kernel at a distance.
fn cubic(distance: f64, a: f64) -> f64 {
    let x = distance.abs();
    match x {
        x if x <= 1.0 => ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0,
        x if x < 2.0 => ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a,
        _ => 0.0,
    }
}

/// Resizes one axis.
fn resize_axis(value: Value, at: usize, to: usize, scale: f64, method: &Method, call: &Call) -> OpResult<Value> {
    let mut sum: Option<Value> = None;
    let mut shape = vec![1; value.rank()];
    shape[at] = to;
    for (picks, weights) in method.taps(value.dims()[at], to, scale) {
        let mut part = value.clone().select(at, &picks, call.devices)?;
        if weights.iter().any(|w| *w != 1.0) {
            let weights = Value::floats(weights, shape.clone(), value.place(), call.devices)?;
            part = float_pair(part, weights, call, B::float_mul)?;
        }
        sum = Some(match sum {
            Some(sum) => float_pair(sum, part, call, B::float_add)?,
            None => part,
        });
    }
    sum.ok_or_else(|| operands!("nothing to resize"))
}

/// The scales, or the sizes, that a node asks for, one per axis of the input.
enum Request {
    Scales(Vec<f64>),
    Sizes(Vec<usize>),
}

fn apply(mut value: Value, request: Request, method: Method, call: &Call) -> OpResult<Value> {
    if value.kind() != Kind::Float && !matches!(method.mode, Mode::Nearest(_)) {
        return Err(unsupported!("interpolation of {}", value.elem().name()));
    }
    let dims = value.dims().to_vec();
    if value.count() == 0 {
        return Err(operands!("nothing to resize in {dims:?}"));
    }
    let (sizes, scales): (Vec<usize>, Vec<f64>) = match request {
        Request::Scales(scales) => {
            let valid = scales.len() == dims.len() && scales.iter().all(|s| s.is_finite() && *s > 0.0);
            if !valid {
                return Err(operands!("scales {scales:?} for {dims:?}"));
            }
            let sizes = dims.iter().zip(&scales).map(|(d, s)| (*d as f64 * s).floor() as usize);
            (sizes.collect(), scales)
        }
        Request::Sizes(sizes) => {
            if sizes.len() != dims.len() {
                return Err(operands!("sizes {sizes:?} for {dims:?}"));
            }
            let scales = sizes.iter().zip(&dims).map(|(s, d)| *s as f64 / *d as f64).collect();
            (sizes, scales)
        }
    };
    if limits::elements(&sizes)? == 0 {
        return Err(operands!("an empty result, {sizes:?}"));
    }
    for at in 0..dims.len() {
        if sizes[at] != dims[at] || scales[at] != 1.0 {
            value = resize_axis(value, at, sizes[at], scales[at], &method, call)?;
        }
    }
    Ok(value)
}

fn resize(call: &mut Call) -> OpResult<Vec<Value>> {
    let asymmetric = call.opset < 11;
    let mut method = Method::of(call.attrs, if asymmetric { Coordinates::Asymmetric } else { Coordinates::HalfPixel })?;
    if asymmetric && matches!(method.mode, Mode::Nearest(_)) {
        method.mode = Mode::Nearest(Rounding::Floor);
    }
    let scales = call.take_opt(if asymmetric { 1 } else { 2 }).filter(|v| v.count() > 0);
    let sizes = call.take_opt(3).filter(|v| v.count() > 0);
    let value = call.take(0)?;
    let rank = value.rank();
    // Since opset 18 a node may name the axes that it means.
    let named = match call.attrs.ints("axes")? {
        Some(named) => named.iter().map(|a| axis(*a, rank)).collect::<OpResult<Vec<_>>>()?,
        None => (0..rank).collect(),
    };
    let request = match (scales, sizes) {
        (Some(scales), None) => {
            let given = scales.to_floats()?;
            let mut all = vec![1.0; rank];
            if given.len() != named.len() {
                return Err(operands!("{} scales for {} axes", given.len(), named.len()));
            }
            named.iter().zip(given).for_each(|(at, scale)| all[*at] = f64::from(scale));
            Request::Scales(all)
        }
        (None, Some(sizes)) => {
            let given = super::constant::sizes(&sizes.to_ints()?)?;
            let mut all = value.dims().to_vec();
            if given.len() != named.len() {
                return Err(operands!("{} sizes for {} axes", given.len(), named.len()));
            }
            named.iter().zip(given).for_each(|(at, size)| all[*at] = size);
            Request::Sizes(all)
        }
        _ => return Err(operands!("either scales or sizes are needed")),
    };
    one(apply(value, request, method, call)?)
}

fn upsample(call: &mut Call) -> OpResult<Vec<Value>> {
    let mut method = Method::of(call.attrs, Coordinates::Asymmetric)?;
    if matches!(method.mode, Mode::Nearest(_)) {
        method.mode = Mode::Nearest(Rounding::Floor);
    }
    let scales = match (call.take_opt(1), call.attrs.get("scales")) {
        (Some(scales), _) => scales.to_floats()?,
        (None, Some(crate::graph::Attr::Floats(scales))) => scales.clone(),
        _ => return Err(operands!("the scales are missing")),
    };
    let value = call.take(0)?;
    one(apply(value, Request::Scales(scales.into_iter().map(f64::from).collect()), method, call)?)
}

#[cfg(test)]
mod tests {
    use super::cubic;
    use crate::testing::{TestCall, close, op};
    use proptest::prelude::*;

    fn line(scale: f32) -> TestCall {
        op("Resize").floats(&[1, 1, 4], &[1., 2., 3., 4.]).none().floats(&[3], &[1., 1., scale])
    }

    #[test]
    fn resize_by_hand() {
        close("nearest", &line(2.0).run_floats(), &[1., 1., 2., 2., 3., 3., 4., 4.]);
        close("linear", &line(2.0).text("mode", "linear").run_floats(), &[1., 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4.]);
        let corners = line(2.0).text("mode", "linear").text("coordinate_transformation_mode", "align_corners");
        let want: Vec<f32> = (0..8).map(|i| 1.0 + 3.0 * i as f32 / 7.0).collect();
        close("corners", &corners.run_floats(), &want);
        let halves = line(0.5).text("coordinate_transformation_mode", "asymmetric").text("nearest_mode", "floor");
        close("down", &halves.run_floats(), &[1., 3.]);
        let sizes = op("Resize").floats(&[1, 4], &[1., 2., 3., 4.]).none().none().ints(&[2], &[2, 2]);
        close("sizes", &sizes.text("nearest_mode", "floor").run_floats(), &[1., 3., 1., 3.]);
        let old = op("Resize").opset(10).floats(&[2], &[1., 2.]).floats(&[1], &[2.0]);
        close("10", &old.run_floats(), &[1., 1., 2., 2.]);
        close("upsample", &op("Upsample").opset(9).floats(&[2], &[1., 2.]).floats(&[1], &[1.5]).run_floats(), &[1., 1., 2.]);
    }

    #[test]
    fn resize_refuses() {
        assert!(line(0.0).run().is_err());
        assert!(line(f32::NAN).run().is_err());
        assert!(line(1e30).run().is_err());
        assert!(op("Resize").floats(&[2], &[1., 2.]).run().is_err());
    }

    proptest! {
        #[test]
        fn cubic_weights_sum_to_one(x in 0.0f64..1.0, a in -1.0f64..0.0) {
            let total: f64 = (-1..3).map(|k| cubic(x - f64::from(k), a)).sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
        }
    }
}
