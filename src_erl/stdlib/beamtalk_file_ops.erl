%%% @doc Primitives of File and FileHandle.
%%%
%%% Every path is checked before anything is opened: its type, its form (relative, inside the working directory), and that there is
%%% something to read. Only regular files are: opening a pipe waits for somebody at its other end, in a call that cannot be ended. Line
%%% streams read as they are pulled, by the process that opened the file; their finaliser closes it. What a closed file still has in its
%%% buffer is not handed out: whether it is open is kept beside it.
-module(beamtalk_file_ops).

-include_lib("kernel/include/file.hrl").
-include("beamtalk.hrl").

-export([exists/2, readAll/2, writeAll_contents/3, lines/2, open_do/3]).
-export([handle_lines/1, printString/1]).

%% Largest file that is read at once, and the longest line.
-define(MAX_BYTES, (1 bsl 28)).
-define(CHUNK, (1 bsl 18)).
%% Most lines that are read at once, and how much of the file at a time.
-define(MAX_LINES, (1 bsl 23)).
-define(LINES_CHUNK, (1 bsl 16)).

%% A file that has been opened: who may read it, and whether it has been closed since.
-record(open, {handle :: file:fd(), owner :: pid(), closed :: atomics:atomics_ref()}).

%% Where the next line begins: what has been read of the file, how much of that is gone, and where the file goes on behind it.
-type place() :: {binary(), non_neg_integer(), non_neg_integer()}.

-spec exists(term(), term()) -> boolean().
exists(_Class, Path) when is_binary(Path) ->
    form(Path) =:= ok andalso filelib:is_regular(Path);
exists(_Class, _) ->
    false.

-spec readAll(term(), term()) -> binary().
readAll(_Class, Path) ->
    ok = path(Path, 'readAll:'),
    case regular(Path, 'readAll:') of
        Size when Size > ?MAX_BYTES -> too_large(bytes, 'File', 'readAll:', 'String');
        _ -> read_all(file:open(Path, [read, raw, binary]))
    end.

%% A file may be growing, and those of the system have no size.
read_all({ok, Handle}) ->
    try
        read_all(Handle, <<>>)
    after
        file:close(Handle)
    end;
read_all({error, Reason}) ->
    failed(Reason, 'readAll:').

read_all(_, Text) when byte_size(Text) > ?MAX_BYTES ->
    too_large(bytes, 'File', 'readAll:', 'String');
read_all(Handle, Text) ->
    case file:read(Handle, ?CHUNK) of
        {ok, More} -> read_all(Handle, <<Text/binary, More/binary>>);
        eof -> Text;
        {error, Reason} -> failed(Reason, 'readAll:')
    end.

-spec too_large(bytes | lines, atom(), atom(), atom()) -> no_return().
too_large(Unit, Class, Selector, Result) ->
    Message = ["The file has more than ", most(Unit), ", too many for one ", atom_to_binary(Result)],
    Error = beamtalk_error:with_message(beamtalk_error:new(io_error, Class, Selector), Message),
    beamtalk_error:raise(beamtalk_error:with_hint(Error, "Use File lines:, which reads as the lines are asked for")).

most(bytes) -> [integer_to_binary(?MAX_BYTES), " bytes"];
most(lines) -> [integer_to_binary(?MAX_LINES), " lines"].

-spec writeAll_contents(term(), term(), term()) -> nil.
writeAll_contents(_Class, Path, Text) ->
    Selector = 'writeAll:contents:',
    ok = string(Path, "Path must be a String", Selector),
    ok = string(Text, "Contents must be a String", Selector),
    ok = path(Path, Selector),
    Result =
        case filelib:ensure_dir(Path) of
            ok -> write(file:read_file_info(Path, [raw]), Path, Text);
            Error -> Error
        end,
    case Result of
        ok -> nil;
        {error, Reason} -> failed(Reason, Selector)
    end.

write({ok, #file_info{type = Type}}, _, _) when Type =/= regular, Type =/= directory -> {error, irregular};
write(_, Path, Text) -> file:write_file(Path, Text).

-spec lines(term(), term()) -> beamtalk_stream_ops:t().
lines(_Class, Path) ->
    Open = open(Path, 'lines:'),
    beamtalk_stream_ops:resource(fun() -> next_line(Open, {<<>>, 0, 0}) end, ["File.lines('", Path, "')"], fun() -> close(Open) end).

-spec open_do(term(), term(), term()) -> term().
open_do(_Class, Path, Block) ->
    ok = string(Path, "Path must be a String", 'open:do:'),
    ok = beamtalk_collection_ops:block(Block, 1, 'File', 'open:do:'),
    Open = open(Path, 'open:do:'),
    try
        Block(#{?BT_TAG => 'FileHandle', handle => Open})
    after
        close(Open)
    end.

%%% FileHandle.

%% @doc All lines from where the last reader stopped.
-spec handle_lines(map()) -> [binary()].
handle_lines(#{handle := #open{handle = Handle} = Open}) ->
    ok = open_here(Open, 'FileHandle'),
    {ok, Start} = file:position(Handle, cur),
    {Lines, End} = read_lines(Open, {<<>>, 0, Start}, 0, Start + ?MAX_BYTES, []),
    {ok, _} = file:position(Handle, End),
    Lines;
handle_lines(_) ->
    unreadable('FileHandle', "The file is closed; a handle is good inside the block of open:do: only").

-spec printString(map()) -> binary().
printString(_) ->
    <<"a FileHandle">>.

%%% Reading.

open(Path, Selector) ->
    ok = path(Path, Selector),
    _ = regular(Path, Selector),
    opened(file:open(Path, [read, raw, binary]), Selector).

%% The size of a file that can be read.
regular(Path, Selector) ->
    case file:read_file_info(Path, [raw]) of
        {ok, #file_info{type = regular, size = Size}} -> Size;
        {ok, #file_info{type = directory}} -> failed(eisdir, Selector);
        {ok, _} -> failed(irregular, Selector);
        {error, Reason} -> failed(Reason, Selector)
    end.

opened({ok, Handle}, _) -> #open{handle = Handle, owner = self(), closed = atomics:new(1, [])};
opened({error, Reason}, Selector) -> failed(Reason, Selector).

close(#open{handle = Handle, closed = Closed}) ->
    ok = atomics:put(Closed, 1, 1),
    file:close(Handle).

next_line(Open, Place) ->
    ok = open_here(Open, 'File'),
    case line(Open, Place, 'File', 'lines:') of
        {eof, _} -> done;
        {Line, Next} -> {Line, fun() -> next_line(Open, Next) end}
    end.

read_lines(_, _, Count, _, _) when Count > ?MAX_LINES ->
    too_large(lines, 'FileHandle', lines, 'List');
read_lines(_, {Read, Gone, Behind}, _, Limit, _) when Behind - byte_size(Read) + Gone > Limit ->
    too_large(bytes, 'FileHandle', lines, 'List');
read_lines(Open, Place, Count, Limit, Acc) ->
    case line(Open, Place, 'FileHandle', lines) of
        {eof, {_, _, End}} -> {lists:reverse(Acc), End};
        {Line, Next} -> read_lines(Open, Next, Count + 1, Limit, [Line | Acc])
    end.

open_here(#open{owner = Owner, closed = Closed}, Class) when Owner =:= self() ->
    case atomics:get(Closed, 1) of
        0 -> ok;
        _ when Class =:= 'File' -> unreadable(Class, "The file is closed; its lines can be read once");
        _ -> unreadable(Class, "The file is closed; a handle is good inside the block of open:do: only")
    end;
open_here(_, Class) ->
    unreadable(Class, "A file is read by the process that opened it").

%% The line at a place without its end, and the place behind it.
-spec line(#open{}, place(), atom(), atom()) -> {binary() | eof, place()}.
line(Open, Place, Class, Selector) ->
    line(Open, Place, Class, Selector, 0, []).

%% What has been searched of a long line is not searched again, nor copied before its end is found.
line(Open, {Read, Gone, Behind}, Class, Selector, Size, Parts) ->
    Left = byte_size(Read) - Gone,
    case binary:match(Read, <<"\n">>, [{scope, {Gone, Left}}]) of
        {At, 1} ->
            {without_return(joined(binary:part(Read, Gone, At - Gone), Parts)), {Read, At + 1, Behind}};
        nomatch when Size + Left > ?MAX_BYTES ->
            too_long(Class, Selector);
        nomatch ->
            Part = binary:part(Read, Gone, Left),
            case file:pread(Open#open.handle, Behind, ?LINES_CHUNK) of
                {ok, More} ->
                    line(Open, {More, 0, Behind + byte_size(More)}, Class, Selector, Size + Left, [Part | Parts]);
                eof when Size + Left =:= 0 -> {eof, {<<>>, 0, Behind}};
                eof -> {joined(Part, Parts), {<<>>, 0, Behind}};
                {error, Reason} -> failed(Reason, Selector)
            end
    end.

%% Copied: a line that is kept does not keep what was read with it.
joined(Line, []) -> binary:copy(Line);
joined(Last, Parts) -> iolist_to_binary(lists:reverse(Parts, [Last])).

without_return(Line) ->
    Size = byte_size(Line) - 1,
    case Line of
        <<Text:Size/binary, $\r>> -> Text;
        _ -> Line
    end.

-spec too_long(atom(), atom()) -> no_return().
too_long(Class, Selector) ->
    Message = ["The line has more than ", integer_to_binary(?MAX_BYTES), " bytes, too many for one String"],
    beamtalk_error:raise(beamtalk_error:with_message(beamtalk_error:new(io_error, Class, Selector), Message)).

-spec unreadable(atom(), string()) -> no_return().
unreadable('File', Hint) -> beamtalk_error:raise(io_error, 'File', 'lines:', Hint);
unreadable(Class, Hint) -> beamtalk_error:raise(io_error, Class, lines, Hint).

%%% Checks.

path(Path, Selector) ->
    ok = string(Path, "Path must be a String", Selector),
    case form(Path) of
        ok -> ok;
        {error, Hint} -> beamtalk_error:raise(invalid_path, 'File', Selector, Hint)
    end.

string(Text, _, _) when is_binary(Text) -> ok;
string(_, Hint, Selector) -> beamtalk_error:raise(type_error, 'File', Selector, Hint).

form(<<C, _/binary>>) when C =:= $/; C =:= $\\ ->
    {error, "Use relative paths only"};
form(<<Drive, $:, _/binary>>) when Drive >= $a, Drive =< $z; Drive >= $A, Drive =< $Z ->
    {error, "Use relative paths only"};
form(Path) ->
    Parts = binary:split(Path, [<<"/">>, <<"\\">>], [global]),
    case lists:member(<<"..">>, Parts) orelse binary:match(Path, <<0>>) =/= nomatch of
        true -> {error, "Use relative paths within the project"};
        false -> ok
    end.

-spec failed(term(), atom()) -> no_return().
failed(enoent, Selector) ->
    beamtalk_error:raise(file_not_found, 'File', Selector, "Check that the file exists");
failed(enotdir, Selector) ->
    beamtalk_error:raise(file_not_found, 'File', Selector, "Check that the file exists");
failed(eacces, Selector) ->
    beamtalk_error:raise(permission_denied, 'File', Selector, "Check file permissions");
failed(irregular, Selector) ->
    beamtalk_error:raise(io_error, 'File', Selector, "It is a device or a pipe, not a file");
failed(Reason, Selector) when is_atom(Reason) ->
    beamtalk_error:raise(io_error, 'File', Selector, file:format_error(Reason));
failed(Reason, Selector) ->
    beamtalk_error:raise(io_error, 'File', Selector, beamtalk_printer:term_text(Reason)).
