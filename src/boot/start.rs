//! From a configuration to running workers, and from a signal to their end.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicUsize};
use std::time::Duration;

use tokio::runtime::LocalOptions;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::cli::Options;
use super::load;
use super::print::Printer;
use crate::base::clock;
use crate::base::diag::Severity;
use crate::base::ids::BindId;
use crate::base::limits::PIPES_MAX;
use crate::flow::session::{self, Door};
use crate::flow::worker::Worker;
use crate::live::{self, Live};
use crate::model::config::Config;
use crate::net::listen::{self, Listener, Ports, Receiver};
use crate::net::pipes;
use crate::net::syslog::{Identity, LogPlan, LogSender};
use crate::net::tls::{TlsAcceptor, TlsConnector};
use crate::registry::list;

/// Sessions whose TLS state is remembered for resumption.
const TLS_SESSIONS: usize = 20_000;

/// How often idle server connections are looked through.
const PURGE_EVERY: Duration = Duration::from_secs(1);

/// How long a worker waits before it accepts again when descriptors or memory have run out.
const EXHAUSTED_WAIT: Duration = Duration::from_millis(100);

/// How long a `bind` with its `maxconn` reached waits before it looks again.
const FULL_WAIT: Duration = Duration::from_millis(5);

/// What the workers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Serve.
    Serve,
    /// Accept nothing more, finish what is there.
    Finish,
    /// Leave everything.
    Quit,
}

/// Runs a configuration, or checks it. The answer is the exit code.
pub fn run(options: &Options) -> u8 {
    let mut printer = Printer::new(options.quiet, options.diagnostics);
    let loaded = match load::load(options, &mut printer) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let Some(config) = loaded.config else { return 1 };
    if let Some(classes) = options.known.as_deref().filter(|_| !super::master::is_worker()) {
        print!("{}", list::classes(classes));
    }
    if config.global.master_worker && !options.check && !options.foreground && !super::master::is_worker() {
        return super::master::run(options);
    }
    if options.check {
        let zero_warning = options.zero_warning || config.global.zero_warning;
        return checked(options, zero_warning, &mut printer, loaded.listens, &loaded.unsupported);
    }
    if !loaded.unsupported.is_empty() && !options.allow_unsupported {
        for word in &loaded.unsupported {
            let file = loaded.files.get(word.place.file as usize).map_or("", String::as_str);
            let text = format!(
                "config : parsing [{file}:{}] : '{}' is valid HAProxy, not supported yet.",
                word.place.line, word.word
            );
            printer.say(Severity::Fatal, &text);
        }
        printer.say(Severity::Fatal, "config : not started: use --allow-unsupported to run without these words.");
        return 1;
    }
    let takes_over = options.takeover.is_some().then_some("'-x' is valid HAProxy, not supported yet.");
    let is_limited = options.memory_mb.is_some().then_some("'-m' is valid HAProxy, not supported yet.");
    if let Some(text) = takes_over.or(is_limited).filter(|_| !options.allow_unsupported) {
        printer.say(Severity::Fatal, text);
        return 1;
    }
    if (options.zero_warning || config.global.zero_warning) && printer.warned {
        printer.say(Severity::Fatal, "Some warnings were found and 'zero-warning' is set. Aborting.");
        return 1;
    }
    if !loaded.listens {
        let text = "[pointsman.main()] No enabled listener found (check for 'bind' directives) ! Exiting.";
        printer.say(Severity::Fatal, text);
        return 1;
    }
    serve(config, options, &mut printer)
}

fn checked(
    options: &Options,
    zero_warning: bool,
    printer: &mut Printer,
    listens: bool,
    unsupported: &[crate::model::draft::Unsupported],
) -> u8 {
    if printer.warned {
        if zero_warning {
            printer.say(Severity::Fatal, "Some warnings were found and 'zero-warning' is set. Aborting.");
            return 1;
        }
        if !printer.quiet {
            println!("Warnings were found.");
        }
    }
    if !unsupported.is_empty() && !printer.quiet {
        let mut words: Vec<&str> = unsupported.iter().map(|word| word.word.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        eprintln!("Words that this program does not run yet: {}", words.join(", "));
    }
    if !listens {
        println!("Configuration file has no error but will not start (no listener) => exit(2).");
        return 2;
    }
    if options.verbose && !options.quiet {
        println!("Configuration file is valid");
    }
    0
}

/// Everything the workers share.
struct Plan {
    config: Arc<Config>,
    live: Arc<Live>,
    /// Where logs go, and who logs; the pid is known once the process is settled.
    logs: (Vec<crate::model::log_target::LogTarget>, Identity),
    connectors: Vec<Option<Arc<TlsConnector>>>,
    doors: Vec<Entrance>,
    running: AtomicUsize,
    /// Told at SIGHUP; the first worker says the states.
    asked: Arc<tokio::sync::Notify>,
}

/// A `bind` line, its TLS side, its sockets, and how many connections came by it and are open.
type Entrance = (BindId, Option<Arc<TlsAcceptor>>, Vec<Receiver>, Arc<AtomicU32>);

fn serve(mut config: Config, options: &Options, printer: &mut Printer) -> u8 {
    let workers = config.global.nbthread.map_or_else(cores, |count| count as usize);
    config.global.maxconn = options.maxconn.or(config.global.maxconn);
    config.global.no_reuseport |= options.no_reuseport;
    config.global.maxpipes = if options.no_splice { Some(0) } else { config.global.maxpipes };
    for proxy in &mut config.proxies {
        proxy.settings.maxconn = proxy.settings.maxconn.or(options.proxy_maxconn);
    }
    let line = super::master::line();
    let handlers = handlers();
    let settled = |plan: Plan| super::settle::settle(&plan.config.global, options).map(|()| plan);
    let plan = match plan(config, workers, printer).and_then(settled) {
        Ok(plan) => Arc::new(plan),
        Err(text) => {
            printer.say(Severity::Fatal, &text);
            return 1;
        }
    };
    super::master::ready(line);
    let (targets, identity) = plan.logs.clone();
    let logs = Arc::new(LogPlan::new(targets, Identity { pid: std::process::id(), ..identity }));
    for pid in options.finish.iter().chain(&options.terminate) {
        let _ = crate::net::sys::send_signal(*pid, options.finish.contains(pid));
    }
    let (orders, order) = watch::channel(Order::Serve);
    let threads: Vec<_> = (1..workers)
        .map(|index| {
            let (plan, logs, order) = (plan.clone(), logs.clone(), order.clone());
            std::thread::Builder::new().name(format!("worker {index}")).spawn(move || worker(&plan, logs, index, order))
        })
        .collect();
    let signals = std::thread::Builder::new().name("signals".into()).spawn({
        let plan = plan.clone();
        move || {
            if let Ok(handlers) = handlers {
                listen_to_signals(handlers, &plan, &orders);
            }
        }
    });
    worker(&plan, logs, 0, order);
    for thread in threads.into_iter().flatten() {
        let _ = thread.join();
    }
    drop(signals);
    0
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn plan(config: Config, workers: usize, printer: &mut Printer) -> Result<Plan, String> {
    let live = live_of(&config);
    let ports = if config.global.no_reuseport { Ports::Own } else { Ports::Shared(workers) };
    let mut doors = Vec::new();
    for (at, (_, bind)) in config.binds.iter().enumerate() {
        let acceptor = if bind.ssl {
            let made = TlsAcceptor::new(&bind.tls, TLS_SESSIONS);
            Some(Arc::new(made.map_err(|error| format!("Proxy 'bind {}': {error}", bind.source))?))
        } else {
            None
        };
        let mut warnings = Vec::new();
        let name = config.proxies.get(config.binds[at].0.index()).map_or("", |proxy| proxy.name.as_str());
        let receivers = listen::bind(&bind.io, ports, &mut warnings)
            .map_err(|error| format!("Binding frontend '{name}' : {error}"))?;
        for warning in warnings {
            printer.say(Severity::Warning, &warning.to_string());
        }
        doors.push((BindId(at as u32), acceptor, receivers, Arc::default()));
    }
    for (id, _, receivers, _) in &doors {
        let mut warnings = Vec::new();
        for receiver in receivers {
            receiver.start(&config.bind(*id).io, &mut warnings).map_err(|error| error.to_string())?;
        }
    }
    let mut connectors = Vec::with_capacity(config.servers.len());
    for (_, server) in &config.servers {
        let connector = if server.options.ssl {
            let made = TlsConnector::new(&server.options.tls);
            Some(Arc::new(made.map_err(|error| format!("Proxy '{}': {error}", server.name))?))
        } else {
            None
        };
        connectors.push(connector);
    }
    let tag = config.global.log_tag.clone().unwrap_or_else(|| "haproxy".to_owned());
    let host =
        config.global.log_hostname.clone().map(|name| if name.is_empty() { live.process.host.clone() } else { name });
    let targets: Vec<_> = config.targets.iter().map(|target| (**target).clone()).collect();
    let identity = Identity { host, tag, pid: 0 };
    let (config, live) = (Arc::new(config), Arc::new(live));
    for (proxy, backend) in config.proxies.iter().zip(&live.proxies) {
        if let Some(pick) = &proxy.pick {
            pick.refresh(&live, backend);
        }
    }
    Ok(Plan {
        config,
        live,
        logs: (targets, identity),
        connectors,
        doors,
        running: AtomicUsize::new(workers),
        asked: Arc::default(),
    })
}

/// The shared state of a configuration that starts.
pub fn live_of(config: &Config) -> Live {
    let mut live = Live::default();
    live.process.maxconn = config.global.maxconn.unwrap_or(0);
    live.process.host = config.global.node.clone().unwrap_or_else(crate::net::sys::host_name);
    for (at, proxy) in config.proxies.iter().enumerate() {
        let mut known = live::Proxy::default();
        known.name.clone_from(&proxy.name);
        known.uid = at as u32 + 2;
        known.is_frontend = proxy.kind.is_frontend();
        known.is_backend = proxy.kind.is_backend();
        known.is_http = proxy.settings.mode == crate::model::proxy::Mode::Http;
        known.maxconn = proxy.settings.maxconn.unwrap_or(0);
        known.servers.clone_from(&proxy.servers);
        live.proxies.push(known);
        for (number, id) in proxy.servers.iter().enumerate() {
            let server = config.server(*id);
            let options = &server.options;
            let state = if options.disabled { live::State::Maintenance } else { live::State::Up };
            live.servers.push(live::Server {
                name: server.name.clone(),
                proxy: crate::base::ids::ProxyId(at as u32),
                uid: options.id.unwrap_or(number as u32 + 1),
                backup: options.backup,
                cookie: options.cookie.clone().unwrap_or_default(),
                initial_weight: options.weight,
                weight: options.weight.into(),
                state: (state as u8).into(),
                maxconn: options.maxconn,
                maxqueue: options.maxqueue,
                ..live::Server::default()
            });
        }
    }
    live
}

thread_local! {
    static WORKER: std::cell::RefCell<Option<Rc<Worker>>> = const { std::cell::RefCell::new(None) };
}

/// What a worker does before it sleeps: the log lines of this turn leave together.
fn before_sleep() {
    WORKER.with(|cell| {
        if let Some(worker) = &*cell.borrow() {
            let mut logs = worker.logs.borrow_mut();
            if !logs.is_empty() {
                logs.flush(clock::wall_us() as i64);
            }
        }
    });
}

fn worker(plan: &Arc<Plan>, logs: Arc<LogPlan>, index: usize, mut order: watch::Receiver<Order>) {
    clock::keep_readings();
    pipes::allow(pipes_of(&plan.config.global, index));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_unpark(clock::refresh)
        .on_thread_park(before_sleep)
        .build_local(LocalOptions::default());
    let Ok(runtime) = runtime else { return };
    let worker =
        Worker::new(index, plan.config.clone(), plan.live.clone(), LogSender::new(logs), plan.connectors.clone());
    WORKER.with(|cell| *cell.borrow_mut() = Some(worker.clone()));
    runtime.block_on(async {
        let accepting = open_doors(plan, &worker);
        let purging = tokio::task::spawn_local(purge(worker.clone()));
        if index == 0 {
            crate::flow::health::start(&worker);
            tokio::task::spawn_local(say_states(worker.clone(), plan.asked.clone()));
        }
        while *order.borrow_and_update() == Order::Serve {
            if order.changed().await.is_err() {
                break;
            }
        }
        accepting.iter().for_each(tokio::task::JoinHandle::abort);
        while worker.sessions.get() > 0 && *order.borrow() != Order::Quit {
            tokio::select! {
                _ = order.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
            }
        }
        purging.abort();
    });
    before_sleep();
    WORKER.with(|cell| cell.borrow_mut().take());
    if plan.running.fetch_sub(1, SeqCst) == 1 {
        log::info!("all workers have ended");
    }
}

/// This worker's share of the pipes.
fn pipes_of(global: &crate::model::global::Global, index: usize) -> usize {
    let workers = global.nbthread.map_or_else(cores, |count| count as usize).max(1);
    let by_connections = global.maxconn.filter(|most| *most > 0).map(|most| most.div_ceil(4));
    let all = global.maxpipes.or(by_connections).map_or(PIPES_MAX, |most| most as usize);
    all / workers + usize::from(index < all % workers)
}

async fn say_states(worker: Rc<Worker>, asked: Arc<tokio::sync::Notify>) {
    loop {
        asked.notified().await;
        crate::flow::states::say(&worker);
    }
}

async fn purge(worker: Rc<Worker>) {
    loop {
        tokio::time::sleep(PURGE_EVERY).await;
        worker.purge_pool();
        // A worker that always finds work never sleeps.
        before_sleep();
    }
}

fn open_doors(plan: &Plan, worker: &Rc<Worker>) -> Vec<tokio::task::JoinHandle<()>> {
    let mut tasks = Vec::new();
    let mut numbers = vec![0u32; plan.config.proxies.len()];
    for (bind_id, acceptor, receivers, counts) in &plan.doors {
        let Some((frontend, bind)) = plan.config.binds.get(bind_id.index()) else { continue };
        for receiver in receivers {
            let number = numbers.get_mut(frontend.index()).map_or(1, |count| {
                *count += 1;
                *count
            });
            let listener = match receiver.listener(worker.index) {
                Ok(listener) => listener,
                Err(error) => {
                    log::error!("worker {} cannot listen: {error}", worker.index);
                    continue;
                }
            };
            let door = Rc::new(Door {
                bind: *bind_id,
                frontend: *frontend,
                name: bind.name.clone().unwrap_or_else(|| number.to_string().into()),
                uid: bind.id.unwrap_or(number),
                limit: bind.maxconn.filter(|limit| *limit > 0).map(|limit| (limit, counts.clone())),
                acceptor: acceptor.clone(),
                address: receiver
                    .bound_address()
                    .filter(|address| !address.ip().is_unspecified() && !bind.io.transparent),
            });
            tasks.push(tokio::task::spawn_local(accept(listener, worker.clone(), door)));
        }
    }
    tasks
}

/// Accepts connections of one socket, as many as the frontend may have.
async fn accept(listener: Listener, worker: Rc<Worker>, door: Rc<Door>) {
    let live = worker.live.clone();
    let proxy = live.proxy(door.frontend);
    loop {
        std::future::poll_fn(|cx| match proxy.has_room(cx.waker()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        })
        .await;
        while door.is_full() || live.process.is_full() {
            tokio::time::sleep(FULL_WAIT).await;
        }
        match listener.accept().await {
            Ok(accepted) => {
                door.enter(&live);
                tokio::task::spawn_local(session::serve(worker.clone(), door.clone(), accepted));
            }
            Err(error) => {
                log::warn!("accept on {}: {error}", door.name);
                tokio::time::sleep(EXHAUSTED_WAIT).await;
            }
        }
    }
}

/// The handlers of signals, and the runtime that hears them: set before the first socket listens, so that no signal ends
/// a process that clients can reach already.
type Handlers = (tokio::runtime::Runtime, [std::io::Result<Signal>; 4]);

fn handlers() -> std::io::Result<Handlers> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::user_defined1(), SignalKind::hangup()];
    let set = {
        let _inside = runtime.enter();
        kinds.map(signal)
    };
    Ok((runtime, set))
}

/// Waits for signals on a thread of its own and tells the workers.
fn listen_to_signals((runtime, set): Handlers, plan: &Plan, orders: &watch::Sender<Order>) {
    runtime.block_on(async {
        let [Ok(mut term), Ok(mut int), Ok(mut usr1), Ok(mut hup)] = set else { return };
        loop {
            tokio::select! {
                _ = term.recv() => break,
                _ = int.recv() => break,
                _ = usr1.recv() => {
                    plan.live.process.stopping.store(true, Relaxed);
                    let _ = orders.send(Order::Finish);
                    if let Some(limit) = plan.config.global.hard_stop_after_ms {
                        tokio::time::sleep(Duration::from_millis(limit)).await;
                        break;
                    }
                }
                _ = hup.recv() => plan.asked.notify_one(),
            }
        }
        let _ = orders.send(Order::Quit);
    });
}
