//! Length-prefixed frames, as `{packet, 4}` of a port writes them.

use std::io::{self, Read};

use bt_engine::diagnostics::input_size;
use bt_wire::Term;

/// Larger frames are read and thrown away: the peer gets an answer and the stream stays in step.
const MAX_FRAME: usize = 64 * 1024 * 1024;

/// Buffers above this size are given back after the request.
const KEEP: usize = 1024 * 1024;

pub enum Frame {
    End,
    Whole,
    TooLarge(usize),
}

/// Reads one frame into `buffer`. Input that ends inside a frame is an end as well.
pub fn read(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<Frame> {
    let mut prefix = [0; 4];
    match input.read_exact(&mut prefix) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(Frame::End),
        Err(e) => return Err(e),
    }
    let size = u32::from_be_bytes(prefix) as usize;
    if size > MAX_FRAME {
        let drained = io::copy(&mut input.take(size as u64), &mut io::sink())?;
        return Ok(if drained as usize == size { Frame::TooLarge(size) } else { Frame::End });
    }
    buffer.clear();
    // Grows with what really arrives: a prefix alone does not reserve memory.
    let got = input.take(size as u64).read_to_end(buffer)?;
    Ok(if got == size { Frame::Whole } else { Frame::End })
}

pub fn too_large(size: usize) -> Term<'static> {
    bt_wire::refused(input_size::request(size, MAX_FRAME))
}

pub fn shrink(buffer: &mut Vec<u8>) {
    if buffer.capacity() > KEEP {
        *buffer = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_frames_are_drained() {
        let size = MAX_FRAME + 1;
        let mut input = io::Cursor::new([&(size as u32).to_be_bytes()[..], &vec![0; size], &[0, 0, 0, 1, 7]].concat());
        let mut buffer = Vec::new();
        assert!(matches!(read(&mut input, &mut buffer), Ok(Frame::TooLarge(n)) if n == size));
        assert!(matches!(read(&mut input, &mut buffer), Ok(Frame::Whole)));
        assert_eq!(buffer, [7]);
        assert!(matches!(read(&mut input, &mut buffer), Ok(Frame::End)));
    }

    #[test]
    fn a_cut_frame_is_the_end() {
        let mut input = io::Cursor::new([0, 0, 0, 9, 1, 2]);
        assert!(matches!(read(&mut input, &mut Vec::new()), Ok(Frame::End)));
    }
}
