%%% @doc Primitives of File and FileHandle.
%%%
%%% Every path is checked before anything is opened: its type, its form (relative, inside the working directory), and that there is
%%% something to read. Line streams read as they are pulled, by the process that opened the file; their finaliser closes it. What a
%%% closed file still has in its buffer is not handed out: whether it is open is kept beside it.
-module(beamtalk_file_ops).

-include_lib("kernel/include/file.hrl").
-include("beamtalk.hrl").

-export([exists/2, readAll/2, writeAll_contents/3, lines/2, open_do/3]).
-export([handle_lines/1, printString/1]).

%% Largest file that is read at once.
-define(MAX_BYTES, (1 bsl 28)).
-define(CHUNK, (1 bsl 18)).

%% A file that has been opened: who may read it, and whether it has been closed since.
-record(open, {handle :: file:fd(), owner :: pid(), closed :: atomics:atomics_ref()}).

-spec exists(term(), term()) -> boolean().
exists(_Class, Path) when is_binary(Path) ->
    form(Path) =:= ok andalso filelib:is_regular(Path);
exists(_Class, _) ->
    false.

-spec readAll(term(), term()) -> binary().
readAll(_Class, Path) ->
    ok = path(Path, 'readAll:'),
    case file:read_file_info(Path) of
        {ok, #file_info{size = Size}} when Size > ?MAX_BYTES -> too_large();
        {ok, #file_info{type = directory}} -> failed(eisdir, 'readAll:');
        {ok, _} -> read_all(file:open(Path, [read, raw, binary]));
        {error, Reason} -> failed(Reason, 'readAll:')
    end.

%% A device has no size and perhaps no end, and a file may be growing.
read_all({ok, Handle}) ->
    try
        read_all(Handle, <<>>)
    after
        file:close(Handle)
    end;
read_all({error, Reason}) ->
    failed(Reason, 'readAll:').

read_all(_, Text) when byte_size(Text) > ?MAX_BYTES ->
    too_large();
read_all(Handle, Text) ->
    case file:read(Handle, ?CHUNK) of
        {ok, More} -> read_all(Handle, <<Text/binary, More/binary>>);
        eof -> Text;
        {error, Reason} -> failed(Reason, 'readAll:')
    end.

-spec too_large() -> no_return().
too_large() ->
    Message = ["The file has more than ", integer_to_binary(?MAX_BYTES), " bytes, too many for one String"],
    Error = beamtalk_error:with_message(beamtalk_error:new(io_error, 'File', 'readAll:'), Message),
    beamtalk_error:raise(beamtalk_error:with_hint(Error, "Use File lines:, which reads as the lines are asked for")).

-spec writeAll_contents(term(), term(), term()) -> nil.
writeAll_contents(_Class, Path, Text) ->
    Selector = 'writeAll:contents:',
    ok = string(Path, "Path must be a String", Selector),
    ok = string(Text, "Contents must be a String", Selector),
    ok = path(Path, Selector),
    Result =
        case filelib:ensure_dir(Path) of
            ok -> file:write_file(Path, Text);
            Error -> Error
        end,
    case Result of
        ok -> nil;
        {error, Reason} -> failed(Reason, Selector)
    end.

-spec lines(term(), term()) -> beamtalk_stream_ops:t().
lines(_Class, Path) ->
    Open = open(Path, 'lines:'),
    beamtalk_stream_ops:resource(fun() -> next_line(Open) end, ["File.lines('", Path, "')"], fun() -> close(Open) end).

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
handle_lines(#{handle := #open{} = Open}) ->
    read_lines(Open, []);
handle_lines(_) ->
    unreadable('FileHandle', "The file is closed; a handle is good inside the block of open:do: only").

-spec printString(map()) -> binary().
printString(_) ->
    <<"a FileHandle">>.

%%% Reading.

open(Path, Selector) ->
    ok = path(Path, Selector),
    case filelib:is_dir(Path) of
        true -> failed(eisdir, Selector);
        false -> opened(file:open(Path, [read, raw, binary, read_ahead]), Selector)
    end.

opened({ok, Handle}, _) -> #open{handle = Handle, owner = self(), closed = atomics:new(1, [])};
opened({error, Reason}, Selector) -> failed(Reason, Selector).

close(#open{handle = Handle, closed = Closed}) ->
    ok = atomics:put(Closed, 1, 1),
    file:close(Handle).

next_line(Open) ->
    case line(Open, 'File') of
        eof -> done;
        Line -> {Line, fun() -> next_line(Open) end}
    end.

read_lines(Open, Acc) ->
    case line(Open, 'FileHandle') of
        eof -> lists:reverse(Acc);
        Line -> read_lines(Open, [Line | Acc])
    end.

line(#open{handle = Handle, owner = Owner, closed = Closed}, Class) when Owner =:= self() ->
    case atomics:get(Closed, 1) =:= 0 andalso file:read_line(Handle) of
        {ok, Line} -> without_end(Line);
        eof -> eof;
        false when Class =:= 'File' -> unreadable(Class, "The file is closed; its lines can be read once");
        false -> unreadable(Class, "The file is closed; a handle is good inside the block of open:do: only");
        {error, Reason} -> failed(Reason, lines)
    end;
line(_, Class) ->
    unreadable(Class, "A file is read by the process that opened it").

-spec unreadable(atom(), string()) -> no_return().
unreadable('File', Hint) -> beamtalk_error:raise(io_error, 'File', 'lines:', Hint);
unreadable(Class, Hint) -> beamtalk_error:raise(io_error, Class, lines, Hint).

without_end(Line) ->
    Size = byte_size(Line),
    case Line of
        <<Text:(Size - 2)/binary, "\r\n">> -> Text;
        <<Text:(Size - 1)/binary, "\n">> -> Text;
        _ -> Line
    end.

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
failed(Reason, Selector) when is_atom(Reason) ->
    beamtalk_error:raise(io_error, 'File', Selector, file:format_error(Reason));
failed(Reason, Selector) ->
    beamtalk_error:raise(io_error, 'File', Selector, beamtalk_printer:term_text(Reason)).
