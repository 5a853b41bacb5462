%%% @doc Primitives of File and FileHandle.
%%%
%%% Every path is checked before anything is opened: its type, its form (relative, inside the working directory), and that there is
%%% something to read. Line streams read as they are pulled, by the process that opened the file; their finaliser closes it.
-module(beamtalk_file_ops).

-include("beamtalk.hrl").

-export([exists/2, readAll/2, writeAll_contents/3, lines/2, open_do/3]).
-export([handle_lines/1, printString/1]).

-spec exists(term(), term()) -> boolean().
exists(_Class, Path) when is_binary(Path) ->
    form(Path) =:= ok andalso filelib:is_regular(Path);
exists(_Class, _) ->
    false.

-spec readAll(term(), term()) -> binary().
readAll(_Class, Path) ->
    ok = path(Path, 'readAll:'),
    case file:read_file(Path) of
        {ok, Text} -> Text;
        {error, Reason} -> failed(Reason, 'readAll:')
    end.

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
    Handle = open(Path, 'lines:'),
    beamtalk_stream_ops:resource(
        fun() -> next_line(Handle) end, ["File.lines('", Path, "')"], fun() -> file:close(Handle) end
    ).

-spec open_do(term(), term(), term()) -> term().
open_do(_Class, Path, Block) ->
    ok = string(Path, "Path must be a String", 'open:do:'),
    ok = beamtalk_collection_ops:block(Block, 1, 'File', 'open:do:'),
    Handle = open(Path, 'open:do:'),
    try
        Block(#{?BT_TAG => 'FileHandle', handle => Handle})
    after
        file:close(Handle)
    end.

%%% FileHandle.

%% @doc All lines from where the last reader stopped.
-spec handle_lines(map()) -> [binary()].
handle_lines(#{handle := Handle}) ->
    read_lines(Handle).

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

opened({ok, Handle}, _) -> Handle;
opened({error, Reason}, Selector) -> failed(Reason, Selector).

next_line(Handle) ->
    case line(Handle) of
        eof -> done;
        Line -> {Line, fun() -> next_line(Handle) end}
    end.

read_lines(Handle) ->
    case line(Handle) of
        eof -> [];
        Line -> [Line | read_lines(Handle)]
    end.

line(Handle) ->
    case file:read_line(Handle) of
        {ok, Line} -> without_end(Line);
        eof -> eof;
        {error, Reason} -> failed(Reason, lines)
    end.

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
