//! The examples, compiled into this test and run: the library's contract with its users.

#[path = "../../examples/echo_crash.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod echo_crash;
#[path = "../../examples/glomers_node.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod glomers_node;
#[path = "../../examples/mm1.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod mm1;
#[path = "../../examples/ping_pong.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod ping_pong;
#[path = "../../examples/retrying_rpc.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod retrying_rpc;
#[path = "../../examples/token_ring.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod token_ring;
#[path = "../../examples/worker.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod worker;

fn printed(
    run: impl FnOnce(&mut Vec<u8>) -> Result<(), Box<dyn std::error::Error>>,
) -> Vec<String> {
    let mut out = Vec::new();
    run(&mut out).expect("the example runs");
    String::from_utf8(out).expect("text").lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_custom_node_gets_its_verdict() {
    let lines = printed(|out| glomers_node::run(out));
    assert_eq!(lines[0], "valid");
    assert!(lines.iter().any(|line| line.starts_with("net.servers.msgs_per_op ")), "{lines:?}");
}

#[test]
fn the_queue_agrees_with_its_formula() {
    let lines = printed(|out| mm1::measure(out));
    assert_eq!(lines, ["mean number 4.10, theory 4.00", "mean time 0.513 s, theory 0.500 s"]);
}

#[test]
fn the_token_is_held_by_one_node_at_most() {
    let lines = printed(|out| token_ring::circulate(out));
    assert_eq!(lines, ["at most one node held the token, on 100 seeds"]);
}

#[test]
fn the_client_retries_until_it_has_its_reply() {
    let lines = printed(|out| retrying_rpc::call(out));
    assert_eq!(lines, ["100 calls took 361 messages, until 4.688s"]);
}

#[test]
fn the_ball_goes_to_and_fro() {
    let lines = printed(|out| ping_pong::play(out));
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "10ms n2 caught ball 1 from n1");
    assert_eq!(lines[4], "50ms n2 caught ball 5 from n1");
}

#[test]
fn the_worker_falls_behind_by_one_job_a_second() {
    let lines = printed(|out| worker::work(out));
    assert_eq!(lines[0], "1s: 2 jobs wait");
    assert_eq!(lines[9], "10s: 11 jobs wait");
}

#[test]
fn the_echo_server_survives_its_crash() {
    let lines = printed(|out| echo_crash::echo(out));
    let expected = [
        "0s the server starts",
        "2ms answer 1, the server's number 1",
        "104ms answer 2, the server's number 2",
        "206ms answer 3, the server's number 3",
        "366ms no answer to 4: once more",
        "400ms the server starts",
        "426ms no answer to 4: once more",
        "428ms answer 4, the server's number 4",
        "530ms answer 5, the server's number 5",
    ];
    assert_eq!(lines, expected);
}
