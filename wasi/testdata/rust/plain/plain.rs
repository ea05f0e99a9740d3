// A library that imports all of wasi:cli, in a world that does not mention it.
use wasip2::cli::{environment, exit, stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout};

static mut RESULT: (usize, usize) = (0, 0);

/// Tells what there is to see.
#[export_name = "look"]
extern "C" fn look() -> *const (usize, usize) {
    let arguments = environment::get_arguments();
    if arguments.len() > 99 {
        exit::exit(Ok(()));
    }
    let text = format!(
        "arguments {arguments:?}, environment {:?}, folder {:?}, input {:?}, output {:?} {:?}, terminals {} {} {}, files {:?} {:?}, threads {}, connection {}",
        environment::get_environment(),
        environment::initial_cwd(),
        stdin::get_stdin().blocking_read(10).is_err(),
        stdout::get_stdout().blocking_write_and_flush(b"dropped").is_ok(),
        stderr::get_stderr().blocking_write_and_flush(b"dropped").is_ok(),
        terminal_stdin::get_terminal_stdin().map(|_terminal_input| ()).is_some(),
        terminal_stdout::get_terminal_stdout().map(|_terminal_output| ()).is_some(),
        terminal_stderr::get_terminal_stderr().is_some(),
        std::fs::read("/data/x").map_err(|e| e.kind()),
        wasip2::filesystem::preopens::get_directories().len(),
        std::thread::Builder::new().spawn(|| ()).is_ok(),
        std::net::TcpStream::connect("127.0.0.1:80").is_ok(),
    );
    let text = text.leak();
    unsafe {
        RESULT = (text.as_ptr() as usize, text.len());
        &raw const RESULT
    }
}
