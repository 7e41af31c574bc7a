//! The factory of servers, called at the start of each node and after each of its crashes.

use super::any_server::AnyServer;
use super::server::Server;
use crate::node::NodeId;

/// A factory of servers of one type, called at the start of each node and after each of its
/// crashes.
pub struct ServerFactory(Box<dyn Fn(NodeId) -> Box<dyn AnyServer>>);

impl ServerFactory {
    /// Creates a factory of the servers that `make` returns.
    pub fn new<S: Server>(make: impl Fn(NodeId) -> S + 'static) -> ServerFactory {
        ServerFactory(Box::new(move |id| Box::new(make(id))))
    }

    pub(super) fn server(&self, id: NodeId) -> Box<dyn AnyServer> {
        (self.0)(id)
    }
}

impl std::fmt::Debug for ServerFactory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerFactory").finish_non_exhaustive()
    }
}
