//! Lines as dashes, for formats that have none or begin the pattern anew at each point.

use super::{Dash, Point};

/// Maximum number of pieces of a line.
const PIECES_MAX: usize = 20_000;

/// Splits a line into the pieces that its dashes draw.
pub(super) fn dashed(points: &[Point], dash: Dash) -> Vec<Vec<Point>> {
    if dash.is_solid() {
        return vec![points.to_vec()];
    }
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let period = dash.on + dash.off;
    let mut place = dash.start.rem_euclid(period);
    let mut open = false;
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = libm::hypot(to.0 - from.0, to.1 - from.1);
        let mut done = 0.0;
        while done < length && pieces.len() < PIECES_MAX {
            let on = place < dash.on;
            let until = if on { dash.on } else { period };
            let step = (until - place).min(length - done);
            let at =
                |share: f64| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            if on {
                match pieces.last_mut().filter(|_| open) {
                    Some(piece) => piece.push(at((done + step) / length)),
                    None => pieces.push(vec![at(done / length), at((done + step) / length)]),
                }
            }
            open = on;
            done += step;
            place += step;
            if place >= period - 1e-9 {
                place = 0.0;
                // The dash after a gap is a new one; without a gap the same goes on.
                open = false;
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_go_on_over_corners() {
        let points = [(0.0, 0.0), (6.0, 0.0), (6.0, 6.0)];
        let pieces = dashed(&points, Dash::of(4.0, 4.0));
        assert_eq!(pieces[0], [(0.0, 0.0), (4.0, 0.0)]);
        assert_eq!(pieces[1], [(6.0, 2.0), (6.0, 6.0)]);
        let late = dashed(&points, Dash { start: 4.0, ..Dash::of(4.0, 4.0) });
        assert_eq!(late[0], [(4.0, 0.0), (6.0, 0.0), (6.0, 2.0)]);
        assert_eq!(dashed(&points, Dash::SOLID), [points.to_vec()]);
    }
}
