//! The table of instructions.
//!
//! A new instruction is one row here and one arm in the interpreter (`bt-vm`: `step` knows all cases, `run` the common one). `R[x]` is register x, `K[x]` constant x, `S[x]` site x.

/// How the 24 bits behind the operation code are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Three operands of eight bits.
    Abc,
    /// One of eight, one of sixteen bits without sign.
    Abx,
    /// One of eight, one of sixteen bits with sign.
    Asbx,
    /// One of twenty-four bits with sign.
    Sj,
}

/// What an operand means. The verifier checks it, the disassembler shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Unused; zero.
    None,
    /// A register that is written.
    Out,
    /// A register that is read.
    In,
    /// A register that is read and written.
    InOut,
    /// First of consecutive registers that are read; how many says the operand C.
    First,
    /// First of consecutive registers that are written; how many says the operand C.
    FirstOut,
    /// First of consecutive registers that are read, one more than the operand C says.
    FirstAndTail,
    /// First of consecutive registers that are read, twice as many as the operand C says.
    FirstOfPairs,
    /// Receiver, with the arguments of the site behind it; gets the result.
    Receiver,
    /// First of the arguments of the site; gets the result.
    Arguments,
    /// First of four registers of a counted loop: index, limit, step, variable.
    Counter,
    /// A number of registers, elements or parts, or an index into a tuple.
    Count,
    /// A whole number.
    Int,
    /// Any constant.
    Constant,
    /// A constant that is a symbol.
    Name,
    /// A site of a message.
    Message,
    /// A site of a call out of the evaluator's language.
    Call,
    /// A site of a field.
    Field,
    /// An inner block.
    Block,
    /// A captured variable.
    Captured,
    /// A helper routine (see [`Routine`]).
    Routine,
    /// Distance to another instruction, counted from the next one.
    Target,
}

/// What an instruction may do besides its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Quiet,
    /// It may raise an exception.
    Raises,
    /// It may run code of a program, raise, or leave the evaluator and be resumed.
    Runs,
    /// Control does not come to the instruction behind it, or not always: it jumps.
    Jumps,
    /// Control never comes to the instruction behind it, and it stays in the chunk.
    Leaves,
    /// The activation ends.
    Ends,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub op: Op,
    pub mnemonic: &'static str,
    pub format: Format,
    pub operands: [Operand; 3],
    pub effect: Effect,
    /// What it does, in a line.
    pub meaning: &'static str,
}

macro_rules! isa {
    ($($group:literal { $($op:ident $mnemonic:literal $format:ident [$($operand:ident),*] $effect:ident $meaning:literal)* })*) => {
        /// The operations. Their numbers are part of the serialised form.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $($($op),*),* }

        /// Rows in the order of their numbers.
        pub const TABLE: &[Row] = &[$($(Row {
            op: Op::$op,
            mnemonic: $mnemonic,
            format: Format::$format,
            operands: three(&[$(Operand::$operand),*]),
            effect: Effect::$effect,
            meaning: $meaning,
        }),*),*];

        /// Titles of groups with their rows' operations.
        pub const GROUPS: &[(&str, &[Op])] = &[$(($group, &[$(Op::$op),*])),*];
    };
}

const fn three(given: &[Operand]) -> [Operand; 3] {
    let mut all = [Operand::None; 3];
    let mut i = 0;
    while i < given.len() {
        all[i] = given[i];
        i += 1;
    }
    all
}

isa! {
    "Large operands" {
        Extend "extend" Abc [Int, Int, Int] Quiet "gives the operands of the next instruction eight more bits each (one operand: sixteen or twenty-four)"
    }
    "Values" {
        LoadConst "load_const" Abx [Out, Constant] Quiet "R[A] := K[Bx]"
        LoadInt "load_int" Asbx [Out, Int] Quiet "R[A] := sBx"
        LoadNil "load_nil" Abc [Out] Quiet "R[A] := nil"
        LoadTrue "load_true" Abc [Out] Quiet "R[A] := true"
        LoadFalse "load_false" Abc [Out] Quiet "R[A] := false"
        Move "move" Abc [Out, In] Quiet "R[A] := R[B]"
        Take "take" Abc [Out, InOut] Quiet "R[A] := R[B], which nothing reads afterwards and which becomes nil: its value may be changed in place"
        LoadSelf "load_self" Abc [Out] Quiet "R[A] := the receiver of the method; in a block that of the method around it"
        LoadClass "load_class" Abx [Out, Name] Runs "R[A] := the class K[Bx]"
        LoadGlobal "load_global" Abx [Out, Name] Runs "R[A] := the workspace's object K[Bx], or nil"
    }
    "Arithmetic and comparison" {
        Add "add" Abc [Out, In, In] Runs "R[A] := R[B] + R[C]"
        Subtract "subtract" Abc [Out, In, In] Runs "R[A] := R[B] - R[C]"
        Multiply "multiply" Abc [Out, In, In] Runs "R[A] := R[B] * R[C]"
        Divide "divide" Abc [Out, In, In] Runs "R[A] := R[B] / R[C]"
        Remainder "remainder" Abc [Out, In, In] Runs "R[A] := R[B] % R[C]"
        Power "power" Abc [Out, In, In] Runs "R[A] := R[B] ** R[C]"
        Concat "concat" Abc [Out, In, In] Runs "R[A] := R[B] ++ R[C]"
        Equal "equal" Abc [Out, In, In] Quiet "R[A] := R[B] == R[C]"
        NotEqual "not_equal" Abc [Out, In, In] Quiet "R[A] := R[B] /= R[C]"
        StrictEqual "strict_equal" Abc [Out, In, In] Quiet "R[A] := R[B] =:= R[C]"
        StrictNotEqual "strict_not_equal" Abc [Out, In, In] Quiet "R[A] := R[B] =/= R[C]"
        Less "less" Abc [Out, In, In] Runs "R[A] := R[B] < R[C]"
        Greater "greater" Abc [Out, In, In] Runs "R[A] := R[B] > R[C]"
        LessEqual "less_equal" Abc [Out, In, In] Runs "R[A] := R[B] <= R[C]"
        GreaterEqual "greater_equal" Abc [Out, In, In] Runs "R[A] := R[B] >= R[C]"
        AddInt "add_int" Abc [Out, In, Int] Runs "R[A] := R[B] + C"
        SubtractInt "subtract_int" Abc [Out, In, Int] Runs "R[A] := R[B] - C"
        MultiplyInt "multiply_int" Abc [Out, In, Int] Runs "R[A] := R[B] * C"
        RemainderInt "remainder_int" Abc [Out, In, Int] Runs "R[A] := R[B] % C"
        EqualInt "equal_int" Abc [Out, In, Int] Quiet "R[A] := R[B] == C"
        LessInt "less_int" Abc [Out, In, Int] Runs "R[A] := R[B] < C"
        GreaterInt "greater_int" Abc [Out, In, Int] Runs "R[A] := R[B] > C"
        LessEqualInt "less_equal_int" Abc [Out, In, Int] Runs "R[A] := R[B] <= C"
        GreaterEqualInt "greater_equal_int" Abc [Out, In, Int] Runs "R[A] := R[B] >= C"
    }
    "Messages and calls" {
        Send "send" Abx [Receiver, Message] Runs "R[A] := R[A] gets S[Bx] with R[A+1] …"
        Tell "tell" Abx [Receiver, Message] Runs "R[A] gets S[Bx] with R[A+1] …; nobody uses the answer, so an actor makes no future"
        Ask "ask" Abx [Receiver, Message] Runs "R[A] := what R[A] answers to S[Bx] with R[A+1] …, awaited"
        SendSelf "send_self" Abx [Receiver, Message] Runs "the same; R[A] is the receiver of the running method"
        SendSuper "send_super" Abx [Receiver, Message] Runs "the same; the search begins above the class that S[Bx] names"
        TailSend "tail_send" Abx [Receiver, Message] Ends "answers what R[A] answers to S[Bx] with R[A+1] …, in place of this activation"
        TailSendSelf "tail_send_self" Abx [Receiver, Message] Ends "the same; R[A] is the receiver of the running method"
        TailSendSuper "tail_send_super" Abx [Receiver, Message] Ends "the same; the search begins above the class that S[Bx] names"
        Evaluate "evaluate" Abx [Receiver, Message] Runs "R[A] := value of the block R[A] with R[A+1] …; another receiver gets the message"
        TailEvaluate "tail_evaluate" Abx [Receiver, Message] Ends "the same in place of this activation"
        CallErlang "call_erlang" Abx [Arguments, Call] Runs "R[A] := the function S[Bx] of R[A] …; its failures are Erlang's"
        Primitive "primitive" Abx [Arguments, Call] Runs "R[A] := the library's primitive S[Bx] of R[A] …"
        Routine "routine" Abc [InOut, Routine, Count] Runs "R[A] := the routine B of R[A] … (C of them)"
    }
    "Blocks" {
        Closure "closure" Abx [Out, Block] Quiet "R[A] := a block of the code Bx with the values it captures"
        LoadCaptured "load_captured" Abx [Out, Captured] Quiet "R[A] := captured value Bx"
        NewCells "new_cells" Abc [Out] Quiet "R[A] := cells for the variables that blocks of a message assign, not yet open"
        OpenCells "open_cells" Abc [In, First, Count] Raises "the cells R[A] open and hold R[B] … (C of them)"
        CloseCells "close_cells" Abc [In, FirstOut, Count] Raises "R[B] … := what the cells R[A] hold (C of them), which close"
        LoadCells "load_cells" Abc [In, FirstOut, Count] Raises "R[B] … := what the cells R[A] hold (C of them), if they are open"
        StoreCell "store_cell" Abc [In, In, Count] Raises "place C of the cells R[A] holds R[B], if they are open"
    }
    "Objects" {
        LoadField "load_field" Abc [Out, In, Field] Quiet "R[A] := the field S[C] of R[B], or nil"
        WithField "with_field" Abc [InOut, Field, In] Raises "R[A] := R[A] with R[C] in the field S[B]"
        LoadState "load_state" Abx [Out, Name] Runs "R[A] := the field K[Bx] of the running actor"
        StoreState "store_state" Abx [In, Name] Runs "the field K[Bx] of the running actor := R[A]"
        LoadClassVar "load_class_var" Abx [Out, Name] Runs "R[A] := the variable K[Bx] of the receiving class"
        StoreClassVar "store_class_var" Abx [In, Name] Runs "the variable K[Bx] of the receiving class := R[A]"
    }
    "Collections and text" {
        List "list" Abc [Out, First, Count] Quiet "R[A] := the list of R[B] … (C of them)"
        ListAnd "list_and" Abc [Out, FirstAndTail, Count] Raises "R[A] := R[B] … (C of them) in front of the list R[B+C]"
        Array "array" Abc [Out, First, Count] Quiet "R[A] := the array of R[B] … (C of them)"
        Tuple "tuple" Abc [Out, First, Count] Quiet "R[A] := the tuple of R[B] … (C of them)"
        Map "map" Abc [Out, FirstOfPairs, Count] Quiet "R[A] := the dictionary of the pairs R[B] R[B+1] … (C of them)"
        TupleAt "tuple_at" Abc [Out, In, Count] Raises "R[A] := element C of the tuple R[B], counted from 0"
        Head "head" Abc [Out, In] Raises "R[A] := the first element of the list R[B]"
        Rest "rest" Abc [Out, In] Raises "R[A] := the list R[B] without its first element"
        KeyAt "key_at" Abc [Out, In, Constant] Raises "R[A] := the value of K[C] in the dictionary R[B]"
        Display "display" Abc [Out, In] Runs "R[A] := the text that stands for R[B] within a text"
        Join "join" Abc [Out, First, Count] Raises "R[A] := the texts R[B] … (C of them) as one"
    }
    "Tests: the next instruction is passed over when they hold" {
        IsLiteral "is_literal" Abx [In, Constant] Jumps "R[A] =:= K[Bx]"
        IsTuple "is_tuple" Abx [In, Count] Jumps "R[A] is a tuple of Bx elements"
        IsClass "is_class" Abx [In, Name] Jumps "R[A] is an instance of the class K[Bx]"
        IsCons "is_cons" Abc [In] Jumps "R[A] is a list with elements"
        IsEmptyList "is_empty_list" Abc [In] Jumps "R[A] is the empty list"
        HasKey "has_key" Abx [In, Constant] Jumps "R[A] is a dictionary with the key K[Bx]"
    }
    "Jumps and loops" {
        Jump "jump" Sj [Target] Leaves "goes on there"
        Loop "loop" Sj [Target] Leaves "the same, backwards: costs a reduction, and an interrupt takes effect"
        JumpIfFalse "jump_if_false" Asbx [In, Target] Jumps "goes on there when R[A] is false; a future is awaited, anything but a boolean does not understand the condition's message"
        JumpIfTrue "jump_if_true" Asbx [In, Target] Jumps "the same when R[A] is true"
        JumpIfNil "jump_if_nil" Asbx [In, Target] Jumps "goes on there when R[A] is nil"
        JumpUnlessTrue "jump_unless_true" Asbx [In, Target] Jumps "goes on there when R[A] is anything but true"
        Settle "settle" Abc [InOut] Runs "R[A] := its value when it is a future"
        LoopFrom "loop_from" Abx [InOut, Name] Runs "R[A] as a number: a future is awaited, anything else does not understand K[Bx]"
        LoopBound "loop_bound" Abc [InOut] Runs "R[A] as a number: a future is awaited, anything else is refused"
        ForPrepare "for_prepare" Asbx [Counter, Target] Jumps "goes on there when the loop over R[A] … has no turn; else the variable gets the index"
        ForNext "for_next" Asbx [Counter, Target] Jumps "the next turn goes on there; costs a reduction, and an interrupt takes effect"
    }
    "Leaving" {
        Return "return" Abc [In] Ends "the activation answers R[A]"
        ReturnHome "return_home" Abc [In] Ends "the method in which the block was made answers R[A]; it is an error when it has answered already"
    }
    "Exceptions" {
        Try "try" Asbx [Out, Target] Jumps "until `end_try': an exception goes to R[A] and control goes there"
        Protect "protect" Asbx [Out, Target] Jumps "until `end_try': whatever unwinds goes to R[A] and control goes there"
        JumpIfReturn "jump_if_return" Asbx [In, Target] Jumps "goes on there when what unwinds in R[A] is a return"
        EndTry "end_try" Abc [] Quiet "ends the innermost of both"
        Matches "matches" Abc [Out, InOut, In] Runs "R[A] := does what was raised in R[B] belong to R[C]? Then R[B] := its exception object"
        Rethrow "rethrow" Abc [In] Leaves "goes on unwinding with R[A]"
        NoMatch "no_match" Abc [In] Leaves "raises that no arm matches R[A]"
        Error "error" Abc [] Leaves "raises that the source had an error here"
    }
    "Pairs: an instruction with the one behind it. Linking makes them; no chunk has them" {
        TakeTake "take+take" Abc [Out, InOut] Jumps "take, then take"
        TakeMove "take+move" Abc [Out, InOut] Jumps "take, then move"
        TakeLoadInt "take+load_int" Abc [Out, InOut] Jumps "take, then load_int"
        MoveMove "move+move" Abc [Out, In] Jumps "move, then move"
        MoveTake "move+take" Abc [Out, In] Jumps "move, then take"
        MoveLoadInt "move+load_int" Abc [Out, In] Jumps "move, then load_int"
        AddLoop "add+loop" Abc [Out, In, In] Jumps "add, then loop"
        AddIntLoop "add_int+loop" Abc [Out, In, Int] Jumps "add_int, then loop"
        TakeForNext "take+for_next" Abc [Out, InOut] Jumps "take, then for_next"
        AddForNext "add+for_next" Abc [Out, In, In] Jumps "add, then for_next"
        AddReturn "add+return" Abc [Out, In, In] Jumps "add, then return"
        MoveReturn "move+return" Abc [Out, In] Jumps "move, then return"
        StoreCellReturn "store_cell+return" Abc [In, In, Count] Jumps "store_cell, then return"
        LoadCapturedLoadCaptured "load_captured+load_captured" Abx [Out, Captured] Jumps "load_captured, then load_captured"
        LoadCapturedLoadCells "load_captured+load_cells" Abx [Out, Captured] Jumps "load_captured, then load_cells"
        LoadFieldReturn "load_field+return" Abc [Out, In, Field] Jumps "load_field, then return"
        LoadIntRemainder "load_int+remainder" Asbx [Out, Int] Jumps "load_int, then remainder"
        LoadIntMultiply "load_int+multiply" Asbx [Out, Int] Jumps "load_int, then multiply"
        MoveStoreCell "move+store_cell" Abc [Out, In] Jumps "move, then store_cell"
        MultiplyRemainderInt "multiply+remainder_int" Abc [Out, In, In] Jumps "multiply, then remainder_int"
        RemainderIntAdd "remainder_int+add" Abc [Out, In, Int] Jumps "remainder_int, then add"
    }
}

impl Op {
    /// The operation with that number.
    pub fn from_number(number: u8) -> Option<Op> {
        TABLE.get(usize::from(number)).map(|row| row.op)
    }

    /// Is it a pair, which no chunk has?
    pub fn is_pair(self) -> bool {
        self as u8 > Op::Error as u8
    }

    /// Its row.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

macro_rules! routines {
    ($($name:ident $text:literal $arity:literal)*) => {
        /// Constructs that are calls of helper routines instead of instructions of their own. The list can only shrink knowingly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Routine { $($name),* }

        /// Name and number of operands, in the order of their numbers.
        pub const ROUTINES: &[(Routine, &str, usize)] = &[$((Routine::$name, $text, $arity)),*];
    };
}

routines! {
    Class "class" 1
    Hash "hash" 1
    RespondsTo "respondsTo:" 2
    FieldNames "fieldNames" 1
    FieldAt "fieldAt:" 2
    FieldAtPut "fieldAt:put:" 3
    Perform "perform:" 2
    PerformWithArguments "perform:withArguments:" 3
    ErrorMessage "error:" 2
    ValueOptional "valueOptional" 2
    Await "await" 1
    AwaitTimeout "await:" 2
    AwaitForever "awaitForever" 1
    Associate "->" 2
    MethodLookup ">>" 2
    MethodNamed ">> of a class name" 2
}

impl Routine {
    pub fn from_number(number: u8) -> Option<Routine> {
        ROUTINES.get(usize::from(number)).map(|(routine, ..)| *routine)
    }

    pub fn text(self) -> &'static str {
        ROUTINES[self as usize].1
    }

    pub fn arity(self) -> usize {
        ROUTINES[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_numbers() {
        for (number, row) in TABLE.iter().enumerate() {
            assert_eq!(row.op as usize, number);
            assert_eq!(Op::from_number(number as u8), Some(row.op));
        }
        for (number, (routine, ..)) in ROUTINES.iter().enumerate() {
            assert_eq!(*routine as usize, number);
        }
        assert_eq!(Op::from_number(TABLE.len() as u8), None);
    }

    #[test]
    fn operands_fit_their_formats() {
        for row in TABLE {
            let used = row.operands.iter().take_while(|o| **o != Operand::None).count();
            let room = match row.format {
                Format::Abc => 3,
                Format::Abx | Format::Asbx => 2,
                Format::Sj => 1,
            };
            assert!(used <= room, "{}", row.mnemonic);
            assert!(row.operands[used..].iter().all(|o| *o == Operand::None), "{}", row.mnemonic);
            let counted =
                |o: &Operand| matches!(o, Operand::First | Operand::FirstOut | Operand::FirstAndTail | Operand::FirstOfPairs);
            if row.operands.iter().any(counted) {
                assert_eq!(row.operands[2], Operand::Count, "{}", row.mnemonic);
            }
        }
    }

    #[test]
    fn mnemonics_are_unique() {
        let names: std::collections::HashSet<_> = TABLE.iter().map(|row| row.mnemonic).collect();
        assert_eq!(names.len(), TABLE.len());
    }
}
