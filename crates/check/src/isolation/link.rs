//! Links each read to the write whose value it returned, and finds the reads that no level allows.

use super::history::{Access, Accesses, INITIAL, RegisterHistory, Status};
use super::limits::{Budget, Exhausted};
use super::rows::Rows;
use super::transactions::{INITIALLY, Read, Transactions};

/// A kind of read that is wrong at each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefectKind {
    /// It returned a value that no transaction wrote.
    NeverWritten,
    /// It returned what an aborted transaction wrote (Adya's G1a).
    AbortedRead,
    /// It returned a value that its transaction replaced itself (Adya's G1b).
    IntermediateRead,
    /// It did not return the last write of its own transaction, or it returned a later one.
    Internal,
}

impl DefectKind {
    /// All kinds.
    pub const ALL: [DefectKind; 4] = [
        DefectKind::NeverWritten,
        DefectKind::AbortedRead,
        DefectKind::IntermediateRead,
        DefectKind::Internal,
    ];

    /// Returns the kind with a name.
    pub fn of(name: &str) -> Option<DefectKind> {
        DefectKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the name in messages.
    pub fn name(self) -> &'static str {
        match self {
            DefectKind::NeverWritten => "never-written",
            DefectKind::AbortedRead => "aborted-read",
            DefectKind::IntermediateRead => "intermediate-read",
            DefectKind::Internal => "internal",
        }
    }
}

/// A read that is wrong at each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Defect {
    pub kind: DefectKind,
    /// Number of the reading transaction in the history.
    pub reader: u32,
    /// Which of its accesses.
    pub place: usize,
    /// Number of the writing transaction, where there is another one.
    pub writer: Option<u32>,
}

/// A read of a value that several transactions wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ambiguous {
    pub reader: u32,
    pub place: usize,
    pub writers: [u32; 2],
}

/// A history with its reads linked.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    pub transactions: Transactions,
    /// The first defect of each kind.
    pub defects: Vec<Defect>,
    /// The number of defects.
    pub defect_count: u64,
    /// The first ambiguous read; all of them are left out.
    pub ambiguous: Option<Ambiguous>,
    /// The number of ambiguous reads.
    pub ambiguous_count: u64,
}

/// A write, in the list of its key.
#[derive(Clone, Copy, Debug)]
struct Written {
    value: u32,
    transaction: u32,
    /// Whether the transaction writes another value to the key afterwards.
    is_replaced: bool,
}

/// What a read is linked to.
enum Source {
    Own,
    Other(u32),
    Defect(DefectKind, Option<u32>),
    Ambiguous([u32; 2]),
}

/// Links a history.
pub(super) fn link(
    history: &RegisterHistory,
    accesses: &Accesses,
    budget: &mut Budget,
) -> Result<Linked, Exhausted> {
    budget.take(48 * history.accesses() as u64 + 64 * history.len() as u64)?;
    budget.steps(2 * history.accesses() as u64)?;
    let written = written(history, accesses);
    let mut linker = Linker {
        history,
        written,
        own: vec![(u32::MAX, 0); history.keys()],
        defects: Vec::new(),
        defect_count: 0,
        ambiguous: None,
        ambiguous_count: 0,
    };
    let mut reads = Rows::new();
    for transaction in 0..history.len() as u32 {
        if history.records()[transaction as usize].status == Status::Committed {
            linker.read(transaction, accesses.of(transaction), &mut reads);
        }
        reads.end_row();
    }
    let Linker { defects, defect_count, ambiguous, ambiguous_count, .. } = linker;
    let transactions = transactions(history, accesses, &reads);
    Ok(Linked { transactions, defects, defect_count, ambiguous, ambiguous_count })
}

/// All writes by key, each list in the order of values.
fn written(history: &RegisterHistory, accesses: &Accesses) -> Rows<Written> {
    let mut all = Vec::new();
    let mut seen = vec![u32::MAX; history.keys()];
    for transaction in 0..history.len() as u32 {
        for access in accesses.of(transaction).iter().rev().filter(|access| access.is_write) {
            let is_replaced = seen[access.key as usize] == transaction;
            seen[access.key as usize] = transaction;
            all.push((access.key, Written { value: access.value, transaction, is_replaced }));
        }
    }
    let mut rows = Rows::of(history.keys(), all.iter().copied());
    rows.sort_rows(|written| (written.value, written.transaction, written.is_replaced));
    rows
}

struct Linker<'a> {
    history: &'a RegisterHistory,
    written: Rows<Written>,
    /// For each key, the transaction that wrote to it last while this went through them, and what.
    own: Vec<(u32, u32)>,
    defects: Vec<Defect>,
    defect_count: u64,
    ambiguous: Option<Ambiguous>,
    ambiguous_count: u64,
}

impl Linker<'_> {
    /// Adds the reads of a transaction from others to the open row.
    fn read(&mut self, reader: u32, accesses: &[Access], reads: &mut Rows<Read>) {
        for (place, access) in accesses.iter().enumerate() {
            if access.is_write {
                self.own[access.key as usize] = (reader, access.value);
                continue;
            }
            match self.source(reader, access) {
                Source::Own => {}
                Source::Other(from) => reads.push(Read { key: access.key, from }),
                Source::Defect(kind, writer) => {
                    self.defect_count += 1;
                    if self.defects.iter().all(|defect| defect.kind != kind) {
                        self.defects.push(Defect { kind, reader, place, writer });
                    }
                }
                Source::Ambiguous(writers) => {
                    self.ambiguous_count += 1;
                    self.ambiguous.get_or_insert(Ambiguous { reader, place, writers });
                }
            }
        }
    }

    /// What a read of a transaction returned. Transactions are numbered as in the history here, and
    /// the initial one is [`u32::MAX`].
    fn source(&self, reader: u32, access: &Access) -> Source {
        let (writer, value) = self.own[access.key as usize];
        if writer == reader {
            let is_right = value == access.value;
            return if is_right { Source::Own } else { Source::Defect(DefectKind::Internal, None) };
        }
        if access.value == INITIAL {
            return Source::Other(u32::MAX);
        }
        let row = self.written.row(access.key);
        let start = row.partition_point(|written| written.value < access.value);
        let same = &row[start..];
        let same = &same[..same.partition_point(|written| written.value == access.value)];
        let (Some(first), Some(last)) = (same.first(), same.last()) else {
            return Source::Defect(DefectKind::NeverWritten, None);
        };
        if first.transaction != last.transaction {
            return Source::Ambiguous([first.transaction, last.transaction]);
        }
        let writer = first.transaction;
        if writer == reader {
            return Source::Defect(DefectKind::Internal, None);
        }
        match self.history.records()[writer as usize].status {
            Status::Aborted => Source::Defect(DefectKind::AbortedRead, Some(writer)),
            // Where a transaction writes a value twice, the last of them counts.
            _ if first.is_replaced => Source::Defect(DefectKind::IntermediateRead, Some(writer)),
            _ => Source::Other(writer),
        }
    }
}

/// Numbers the transactions that have taken effect, and gathers what they do.
fn transactions(
    history: &RegisterHistory,
    accesses: &Accesses,
    reads: &Rows<Read>,
) -> Transactions {
    let mut is_read = vec![false; history.len()];
    for transaction in 0..history.len() as u32 {
        for read in reads.row(transaction).iter().filter(|read| read.from != u32::MAX) {
            is_read[read.from as usize] = true;
        }
    }
    let mut numbers = vec![INITIALLY; history.len()];
    let mut all = Transactions {
        origin: vec![0],
        reads: Rows::new(),
        writes: Rows::new(),
        session: vec![0],
        times: vec![None],
        keys: (0..history.keys() as u32).collect(),
        sessions: history.sessions(),
    };
    for (transaction, record) in (0..).zip(history.records()) {
        let has_happened = match record.status {
            Status::Committed => true,
            Status::Aborted => false,
            Status::Unknown => is_read[transaction as usize],
        };
        if has_happened {
            numbers[transaction as usize] = all.origin.len() as u32;
            all.origin.push(transaction);
            all.session.push(record.session);
            all.times.push(record.times);
        }
    }
    all.reads.end_row();
    all.writes.end_row();
    for transaction in all.origin.iter().skip(1) {
        for read in reads.row(*transaction) {
            let from = if read.from == u32::MAX { INITIALLY } else { numbers[read.from as usize] };
            all.reads.push(Read { from, ..*read });
        }
        all.reads.end_row();
        for access in accesses.of(*transaction).iter().filter(|access| access.is_write) {
            all.writes.push(access.key);
        }
        all.writes.sort_open();
        all.writes.end_row();
    }
    all
}
