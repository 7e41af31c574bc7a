//! The destinations of a picture: a file in the format of its name, and the terminal.

use std::path::{Path, PathBuf};

use super::super::terminal;
use super::super::{CommandError, Io};
use super::{PlotArgs, ThemeArg};
use crate::cli::results::spares_results;
use crate::report::{Cells, DPI, Picture, Style, Theme};

/// The destinations of a picture.
pub(super) struct Target {
    file: Option<(PathBuf, Format)>,
    cells: Option<Cells>,
    style: Style,
    dpi: u32,
    is_theme_given: bool,
}

#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
    Pdf,
}

/// Smallest and largest size of a picture.
const SIZE: std::ops::RangeInclusive<f64> = 160.0..=8_000.0;

/// Lowest and highest number of pixels per inch.
const DPI_RANGE: std::ops::RangeInclusive<u32> = 36..=600;

/// Maximum number of pixels of a PNG.
const PIXELS_MAX: f64 = 1e8;

impl Target {
    pub(super) fn of(arguments: &PlotArgs) -> Result<Target, CommandError> {
        let with_format = |path: &PathBuf| format_of(path).map(|format| (path.clone(), format));
        let file = arguments.out.as_ref().map(with_format).transpose()?;
        let is_drawn_here = arguments.term || file.is_none();
        let cells = is_drawn_here.then(|| cells(arguments)).transpose()?;
        let theme = match arguments.theme {
            None | Some(ThemeArg::Light) => Theme::Light,
            Some(ThemeArg::Dark) => Theme::Dark,
            Some(ThemeArg::Print) => Theme::Print,
        };
        let style = Style {
            theme,
            title: arguments.title.clone(),
            size: arguments.size.as_deref().map(size).transpose()?,
            log_x: arguments.log_x,
            log_y: arguments.log_y,
        };
        let dpi = arguments.dpi.unwrap_or(DPI);
        if !DPI_RANGE.contains(&dpi) {
            return Err(CommandError::Usage(format!("--dpi {dpi}: expected 36 to 600")));
        }
        Ok(Target { file, cells, style, dpi, is_theme_given: arguments.theme.is_some() })
    }

    /// Draws the picture to its destinations.
    pub(super) fn put(
        &self,
        picture: &Picture,
        force: bool,
        io: &mut Io<'_>,
    ) -> Result<(), CommandError> {
        if let Some(reason) = picture.misfit(&self.style) {
            return Err(CommandError::Usage(reason));
        }
        if let Some((path, format)) = &self.file {
            let scene = picture.scene(&self.style);
            let bytes = match format {
                Format::Svg => scene.to_svg().into_bytes(),
                Format::Pdf => scene.to_pdf(),
                Format::Png if scene.pixels(self.dpi) > PIXELS_MAX => {
                    let dpi = self.dpi;
                    return Err(CommandError::Usage(format!(
                        "--dpi {dpi}: this picture would have more than {PIXELS_MAX} pixels"
                    )));
                }
                Format::Png => scene.to_png(self.dpi).map_err(CommandError::Data)?,
            };
            spares_results(path)?;
            if !io.store.put_beside(path, &bytes, force)? {
                return Err(CommandError::Overwrite(path.clone()));
            }
        }
        if let Some(cells) = self.cells {
            let theme = match self.is_theme_given {
                true => self.style.theme,
                false if terminal::is_light() => Theme::Light,
                false => Theme::Dark,
            };
            let style = Style { theme, ..self.style.clone() };
            let scene = picture.scene_in_cells(&style, cells);
            write!(io.out, "{}", terminal::Ours(scene.to_terminal(cells.colours)))?;
        }
        if let Some((path, _)) = &self.file {
            io.print_written(path)?;
        }
        Ok(())
    }
}

fn format_of(path: &Path) -> Result<Format, CommandError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        Some("pdf") => Ok(Format::Pdf),
        _ => Err(CommandError::Usage(format!(
            "--out {}: the name must end in .svg, .png or .pdf",
            path.display()
        ))),
    }
}

fn size(text: &str) -> Result<(f64, f64), CommandError> {
    let numbers = text.split_once('x').and_then(|(width, height)| {
        Some((width.parse::<f64>().ok()?, height.parse::<f64>().ok()?))
    });
    numbers.filter(|(width, height)| SIZE.contains(width) && SIZE.contains(height)).ok_or_else(
        || {
            let expected = "expected width and height such as 900x600, from 160 to 8000";
            CommandError::Usage(format!("--size {text}: {expected}"))
        },
    )
}

/// Size of a panel in a terminal whose own is unknown.
const CELLS: (usize, usize) = (80, 24);

/// Returns the size of each panel in the terminal: the one that is given, else the terminal's.
fn cells(arguments: &PlotArgs) -> Result<Cells, CommandError> {
    let colours = terminal::has_colours();
    let Some(text) = &arguments.term_size else {
        let (columns, rows) = terminal::size().unwrap_or(CELLS);
        let (columns, rows) = (columns.clamp(40, 1000), rows.saturating_sub(6).clamp(12, 36));
        return Ok(Cells { columns, rows, colours });
    };
    let numbers = text.split_once('x').and_then(|(columns, rows)| {
        Some((columns.parse::<usize>().ok()?, rows.parse::<usize>().ok()?))
    });
    let known = numbers
        .filter(|(columns, rows)| (40..=1000).contains(columns) && (12..=1000).contains(rows));
    known.map(|(columns, rows)| Cells { columns, rows, colours }).ok_or_else(|| {
        let expected = "expected columns and rows such as 100x24, from 40x12 to 1000x1000";
        CommandError::Usage(format!("--term-size {text}: {expected}"))
    })
}
