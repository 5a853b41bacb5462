//! The compiler as an operating-system process: frames on standard input, answers on standard output, nothing else.
//!
//! A frame is a 4-byte big-endian length and a message in the external term format. One answer per request, in order. Exits 0 at end of
//! input. What is not a request gets an answer too, so that a confused peer does not cost the process.
//!
//! `-v`, `-vv` or `RUST_LOG` turn on a log on standard error; without them standard error stays silent, a caught panic included.
#![forbid(unsafe_code)]

mod frames;
mod log;

use std::io::{self, BufReader, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bt_engine::{Compiler, Interrupt};
use bt_wire::{etf, protocol_error, serve, Host, Term};

use frames::Frame;
use log::Log;

/// The node gives up on a request after 30 s and closes the process; working longer is of no use.
const TIME_LIMIT: Duration = Duration::from_secs(30);

struct Deadline(Instant);

impl Interrupt for Deadline {
    fn requested(&self) -> bool {
        Instant::now() > self.0
    }
}

/// Answers requests until the node goes away.
pub fn run(compiler: Compiler) -> ExitCode {
    let log = Log::from_arguments(std::env::args().skip(1), std::env::var_os("RUST_LOG"));
    std::panic::set_hook(Box::new(move |info| log.info(format_args!("caught: {info}"))));
    let host = Host { compiler, test_panic: std::env::var_os("BEAMTALK_TEST_PANIC").is_some(), ..Host::default() };
    match serve_all(&host, &log) {
        Ok(()) => ExitCode::SUCCESS,
        // The node is gone: nobody reads the answers.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            log.info(format_args!("stopped: {e}"));
            ExitCode::FAILURE
        }
    }
}

fn serve_all(host: &Host, log: &Log) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = io::stdout().lock();
    let mut frame = Vec::new();
    let mut answer = Vec::new();
    loop {
        let reply = match frames::read(&mut input, &mut frame)? {
            Frame::End => return Ok(()),
            Frame::TooLarge(size) => frames::too_large(size),
            Frame::Whole => answer_frame(host, &frame, log),
        };
        answer.clear();
        answer.extend_from_slice(&[0; 4]);
        etf::encode(&reply, &mut answer);
        let length = (answer.len() - 4) as u32;
        answer[..4].copy_from_slice(&length.to_be_bytes());
        output.write_all(&answer)?;
        output.flush()?;
        frames::shrink(&mut frame);
        frames::shrink(&mut answer);
    }
}

fn answer_frame(host: &Host, frame: &[u8], log: &Log) -> Term<'static> {
    let started = Instant::now();
    let reply = match etf::decode(frame) {
        Ok(request) => serve(host, &request, &Deadline(started + TIME_LIMIT)),
        Err(error) => protocol_error(format!("ETF decode error: {error}")),
    };
    log.info(format_args!("{} bytes in, answered after {:?}", frame.len(), started.elapsed()));
    if log.is_verbose() {
        log.info(format_args!("reply: {reply:?}"));
    }
    reply
}
